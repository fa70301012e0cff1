import fc from "fast-check";
import { expect, test } from "vitest";
import { familyOf } from "../families/families.ts";
import { modelNames, rowOf } from "../families/model-table.ts";
import { gates, places, seActivations, squeezes, standardSe } from "../se/se.ts";
import { nearestNames, seNameOf, weightsTagOf } from "./base-name.ts";
import {
  formatNetworkName,
  parseNetworkName,
  plainName,
  splitNetworkNames,
  statedLayouts,
  withLayout,
} from "./network-name.ts";

const printed = (text: string) => formatNetworkName(parseNetworkName(text));

test("every name with options survives printing and parsing", () => {
  const residual = modelNames.filter((model) => familyOf(rowOf(model)).places === places);
  const seName = fc.record({
    model: fc.constantFrom(...residual),
    se: fc.record({
      reduction: fc.integer({ min: 1, max: 1024 }),
      squeeze: fc.constantFrom(...squeezes),
      gate: fc.constantFrom(...gates),
      activation: fc.constantFrom(...seActivations),
      place: fc.constantFrom(...places),
      stages: fc.constantFrom(null, [2], [3, 4], [2, 4]),
      bias: fc.boolean(),
    }),
  });
  fc.assert(
    fc.property(seName, ({ model, se }) => {
      const name = { model, se, layout: rowOf(model).layouts[0] };
      expect(parseNetworkName(formatNetworkName(name))).toEqual(name);
    }),
  );
});

test("defaults are left out and options are put in one order", () => {
  expect(printed("se-resnet50{}")).toBe("se-resnet50");
  expect(printed("se-resnet50{ layout = torchvision , r=16}")).toBe("se-resnet50");
  expect(printed("se-resnet50{squeeze=max,r=8}")).toBe("se-resnet50{r=8,squeeze=max}");
  expect(printed("se-resnet50{stages=5+2+4+3}")).toBe("se-resnet50");
  expect(printed("se-resnet50{stages=4+2}")).toBe("se-resnet50{stages=2+4}");
});

test("the plain counterpart keeps the layout and loses SE", () => {
  expect(plainName("se-resnet50{r=8,layout=timm-legacy}")).toBe("resnet50{layout=timm-legacy}");
  expect(plainName("resnet20")).toBe("resnet20");
});

test.each([
  ["seresnet50", "se-resnet50{layout=timm}"],
  ["legacy_seresnet18", "se-resnet18{layout=timm-legacy}"],
  ["legacy_seresnext101_32x4d", "se-resnext101-32x4d{layout=timm-legacy}"],
  ["seresnext101_64x4d", "se-resnext101-64x4d{layout=timm}"],
  ["se_resnext50_32x4d", "se-resnext50-32x4d{layout=timm-legacy}"],
  ["resnext50_32x4d", "resnext50-32x4d"],
  ["legacy_senet154", "senet154"],
  ["seresnet50.ra2_in1k", "se-resnet50{layout=timm}"],
  ["timm/seresnet50.ra2_in1k", "se-resnet50{layout=timm}"],
  ["hf_hub:timm/seresnext50_32x4d.racm_in1k", "se-resnext50-32x4d{layout=timm}"],
  ["hf-hub:timm/legacy_seresnet34.in1k", "se-resnet34{layout=timm-legacy}"],
  ["https://huggingface.co/timm/seresnet50.a1_in1k", "se-resnet50{layout=timm}"],
  // timm's senet154 is not Cadene's, whose name is ours as well.
  ["senet154.gluon_in1k", "senet154{layout=timm}"],
  ["resnet50.tv_in1k", "resnet50"],
  ["timm/vgg16_bn.tv_in1k", "vgg16-bn"],
  ["inception_resnet_v2.tf_in1k", "inception-resnet-v2"],
  ["seresnet50.ra2_in1k{r=8}", "se-resnet50{r=8,layout=timm}"],
])("%s, as its weights are published, is %s", (published, own) => {
  expect(printed(published)).toBe(own);
});

test.each([
  "legacy_resnet50",
  "se_seresnet50",
  "seresnet51",
  "seresnet50_32x4d",
  "wrn-1-68",
  "timm/x.y",
])("%s is nobody's name", (text) => {
  expect(() => parseNetworkName(text)).toThrow("there is no network");
});

test.each([
  ["vgg16_bn", "vgg16-bn"],
  ["VGG16_BN", "vgg16-bn"],
  ["SE-ResNet-50", "se-resnet50"],
  ["SE_ResNeXt50_32x4d", "se-resnext50-32x4d"],
  ["SE-ResNeXt-101 64x4d", "se-resnext101-64x4d"],
  ["ResNet-50", "resnet50"],
  ["SENet-154", "senet154"],
  ["se_resnet20{r=4}", "se-resnet20{r=4}"],
  ["WRN-16-8", "wrn-16-8"],
  ["SE-MobileNet-V1", "se-mobilenet-v1"],
])("%s is another spelling of %s", (spelled, own) => {
  expect(printed(spelled)).toBe(own);
  // Only a published name in its own letters says whose layout is meant.
  expect(statedLayouts(spelled)).toBeNull();
});

test("no two names of the table differ in case and separators alone", () => {
  for (const model of modelNames) {
    for (const name of [model, seNameOf(model)]) {
      const { layout } = parseNetworkName(name);
      const spelled = {
        model,
        se: name === model ? null : { ...standardSe, ...rowOf(model).se },
        layout,
      };
      expect(parseNetworkName(name.toUpperCase())).toEqual(spelled);
      expect(parseNetworkName(name.replaceAll("-", "_").toUpperCase())).toEqual(spelled);
    }
  }
});

test("the tag of a name says which weights are meant", () => {
  expect(weightsTagOf("hf_hub:timm/seresnet50.ra2_in1k{r=8}")).toBe("ra2_in1k");
  expect(weightsTagOf("seresnet50")).toBeNull();
});

test("senet154 has a plain counterpart of its own name", () => {
  expect(plainName("senet154{r=8}")).toBe("plain-senet154");
  expect(printed("senet154{layout=timm}")).toBe("senet154{layout=timm}");
});

test("the layout can be given apart from the name", () => {
  expect(withLayout("se-resnet50{r=8}", "timm-legacy")).toBe("se-resnet50{r=8,layout=timm-legacy}");
  expect(withLayout("resnet50{layout=timm}", "torchvision")).toBe("resnet50");
  expect(() => withLayout("resnet20", "timm")).toThrow('resnet20 has no layout "timm"');
});

test("a list is split at commas outside braces", () => {
  expect(splitNetworkNames("resnet18, se-resnet50{r=8,gate=tanh},resnet20")).toEqual([
    "resnet18",
    "se-resnet50{r=8,gate=tanh}",
    "resnet20",
  ]);
});

test.each([
  ["resnet50v2", ["resnet50"]],
  ["ResNet50", ["resnet50"]],
  ["resnet-101", ["resnet101"]],
  ["se-resnet51", ["se-resnet50", "se-resnet56"]],
  ["se-resnext50", ["se-resnext50-32x4d"]],
  ["vgg16", ["vgg16-bn"]],
  ["legacy_seresnet51", ["legacy_seresnet50"]],
  ["seresnext50-32x4d", ["se-resnext50-32x4d"]],
  ["se_resnet50{r=8,", []],
  ["senet-154", ["senet154"]],
  ["se-mobilenet", ["se-mobilenet-v1"]],
  ["efficientnet_b0", []],
  ["timm/seresnet51.ra2_in1k", ["seresnet50"]],
])("of the names that exist, those nearest to %s are %j", (text, nearest) => {
  const [bare = ""] = text.split("{");
  expect(nearestNames(bare).slice(0, nearest.length)).toEqual(nearest);
});

test("an unknown network has the nearest names as its remedy, and then the way to all names", () => {
  expect(() => parseNetworkName("resnet50v2")).toThrow(
    expect.objectContaining({
      message: 'there is no network "resnet50v2"',
      remedy: expect.stringMatching(/^did you mean resnet50\? `bench list` names every network$/),
    }),
  );
});

test.each([
  ["resnet51", /no network "resnet51"/, /resnet50/],
  ["", /no network ""/, /^`bench list`/],
  ["se-resnet50{r=8", /no network/, /options like se-resnet50\{r=8/],
  ["toString", /no network/, /^`bench list`/],
  ["se-resnet50{r=0}", /"0" is not a value of r/, /1 to 1024/],
  ["se-resnet50{r=1.5}", /"1.5" is not a value of r/, /whole number/],
  ["se-resnet50{gate=softmax}", /"softmax" is not a value of gate/, /sigmoid, tanh, relu/],
  ["se-resnet50{stages=1}", /"1" is not a value of stages/, /out of 2, 3, 4, 5/],
  ["se-resnet50{stages=2+2}", /not a value of stages/, /joined by \+/],
  ["se-resnet20{stages=5}", /not a value of stages/, /joined by \+/],
  ["se-resnet50{size=3}", /unknown option size/, /squeeze/],
  ["se-resnet50{constructor=3}", /unknown option constructor/, /squeeze/],
  ["se-resnet50{r}", /not of the form key=value/, /r=8/],
  ["se-resnet50{r=8,r=4}", /gives r twice/, null],
  ["resnet50{r=8}", /no SE that r could apply to/, /begin with se-resnet50/],
  ["resnet20{layout=timm}", /resnet20 has no layout "timm"/, /paper/],
  ["senet154{layout=torchvision}", /no layout "torchvision"/, /timm-legacy, timm/],
  ["se-vgg16-bn{place=pre}", /"pre" is not a value of place/, /place takes standard/],
  ["se-bn-inception{stages=2}", /"2" is not a value of stages/, /out of 3, 4, 5/],
  ["plain-senet154{r=8}", /no SE that r could apply to/, /begin with senet154/],
])("%s is refused with its cause and a remedy", (text, cause, remedy) => {
  expect(() => parseNetworkName(text)).toThrow(
    expect.objectContaining({
      name: "InputError",
      message: expect.stringMatching(cause),
      remedy: remedy && expect.stringMatching(remedy),
    }),
  );
});

test.each([
  ["mobilenetv3_large_100.ra_in1k", "mobilenet-v3-large{layout=timm}", ["timm"]],
  ["mobilenet_v3_large", "mobilenet-v3-large", ["torchvision"]],
  ["tf_efficientnet_b0.ns_jft_in1k", "efficientnet-b0{layout=timm-tf}", ["timm-tf"]],
  ["timm/tf_mobilenetv3_small_075.in1k", "mobilenet-v3-small-075{layout=timm-tf}", ["timm-tf"]],
  ["timm/regnety_032.ra_in1k", "regnety-3.2gf{layout=timm}", ["timm"]],
  ["regnet_y_3_2gf", "regnety-3.2gf", ["torchvision"]],
  ["regnet_y_400mf", "regnety-400mf", ["torchvision"]],
  ["efficientnet_b0", "efficientnet-b0", ["torchvision", "timm"]],
  ["efficientnet_b0.ra_in1k", "efficientnet-b0{layout=timm}", ["timm"]],
  ["efficientnetv2_s", "efficientnet-v2-s{layout=timm}", ["timm"]],
  ["efficientnet_lite0.ra_in1k", "efficientnet-lite0", ["timm"]],
  ["semnasnet_100.rmsp_in1k", "mnasnet-a1", ["timm"]],
  ["lcnet_100.ra2_in1k", "pp-lcnet", ["timm"]],
  ["ghostnet_100.in1k", "ghostnet", ["timm"]],
  ["seresnet50.ra2_in1k", "se-resnet50{layout=timm}", ["timm"]],
  ["vgg16_bn", "vgg16-bn", null],
  ["vgg16_bn.tv_in1k", "vgg16-bn", null],
  ["RegNetY-1.6GF", "regnety-1.6gf", null],
])("%s is the library's name of %s", (name, own, layouts) => {
  expect(printed(name)).toBe(own);
  expect(statedLayouts(name)).toEqual(layouts);
});

test.each([
  ["efficientnet_b0.ns_jft_in1k", "name tf_efficientnet_b0, or leave the tag out"],
  ["timm/tf_efficientnet_b3.ra2_in1k", "name efficientnet_b3, or leave the tag out"],
  ["mobilenetv3_large_100.in1k", "name tf_mobilenetv3_large_100, or leave the tag out"],
])("%s has the tag of weights with the other padding", (name, remedy) => {
  expect(() => parseNetworkName(name)).toThrow(expect.objectContaining({ remedy }));
});

test("the options of a network are its own unless its name states them", () => {
  expect(parseNetworkName("mobilenet-v3-large").se).toMatchObject({
    reduction: 4,
    gate: "hard-sigmoid",
  });
  expect(parseNetworkName("efficientnet-b0").se).toMatchObject({
    reduction: 4,
    activation: "silu",
  });
  expect(printed("mobilenet-v3-large{gate=hard-sigmoid,r=4}")).toBe("mobilenet-v3-large");
  expect(printed("mobilenet-v3-large{gate=sigmoid,r=16}")).toBe(
    "mobilenet-v3-large{r=16,gate=sigmoid}",
  );
  expect(plainName("efficientnet-b0{layout=timm-tf}")).toBe(
    "plain-efficientnet-b0{layout=timm-tf}",
  );
});

test.each([
  ["efficientnet-b0{place=pre}", "place takes standard"],
  ["efficientnet-b0{layout=timm-legacy}", "choose one of torchvision, timm, timm-tf"],
  ["mobilenet-v3-large-075{layout=torchvision}", "choose one of timm, timm-tf"],
  ["regnety-400mf{stages=5}", "stages takes stages out of 1, 2, 3, 4, joined by +"],
  ["plain-ghostnet{r=4}", "begin with ghostnet"],
])("%s has an option that its family lacks", (name, remedy) => {
  expect(() => parseNetworkName(name)).toThrow(expect.objectContaining({ remedy }));
});
