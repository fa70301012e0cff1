"""Exports a network with PyTorch's own exporter, from weights in a safetensors file.

    make_pytorch_onnx.py NETWORK WEIGHTS.safetensors OUT.onnx

NETWORK is se-resnet50 or se-resnext50-32x4d: torchvision's ResNet and its
SqueezeExcitation, put before the sum (SENet v4, figure 3).
"""

import json
import sys

import torch
from torchvision.models.resnet import Bottleneck, ResNet
from torchvision.ops.misc import SqueezeExcitation


class SEBottleneck(Bottleneck):
    def __init__(self, inplanes, planes, *args, **kwargs):
        super().__init__(inplanes, planes, *args, **kwargs)
        channels = planes * self.expansion
        self.se = SqueezeExcitation(channels, channels // 16)

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.se(self.bn3(self.conv3(out)))
        identity = x if self.downsample is None else self.downsample(x)
        out += identity
        return self.relu(out)


NETWORKS = {
    "se-resnet50": {},
    "se-resnext50-32x4d": {"groups": 32, "width_per_group": 4},
}


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(data, dtype=torch.float32)[
            entry["data_offsets"][0] // 4 : entry["data_offsets"][1] // 4
        ].reshape(entry["shape"])
        for name, entry in header.items()
    }


def main(network, weights, out):
    model = ResNet(SEBottleneck, [3, 4, 6, 3], **NETWORKS[network])
    missing, unexpected = model.load_state_dict(read_safetensors(weights), strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise SystemExit(f"the weights do not fit: missing {missing}, unexpected {unexpected}")
    torch.onnx.export(
        model.eval(),
        torch.zeros(1, 3, 224, 224),
        out,
        opset_version=17,
        do_constant_folding=True,
        input_names=["images"],
        output_names=["logits"],
    )


main(*sys.argv[1:])
