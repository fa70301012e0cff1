#!/bin/sh
# Writes src/proto/onnx-proto.js and its types from onnx.proto with protobuf.js's own tool:
# static code, which needs no eval in a page, and only what writing a model takes.
set -e
cd "$(dirname "$0")/.."
note="eslint-disable -- generated from proto/onnx.proto"
pnpm dlx --package protobufjs-cli@2.7.1 --package protobufjs@8.8.1 pbjs \
  --target static-module --wrap esm --root sebench-onnx --force-number \
  --no-create --no-decode --no-verify --no-convert --no-delimited --no-typeurl --no-service \
  --lint "$note" --dts --out src/proto/onnx-proto.js proto/onnx.proto
sed -i "1i /*$note*/" src/proto/onnx-proto.d.ts
oxfmt src/proto/onnx-proto.js src/proto/onnx-proto.d.ts
