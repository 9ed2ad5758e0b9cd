// Package onnx reads the weights of ONNX files: initialisers, the values of Constant nodes, and the nodes themselves,
// because exporters drop the names of some weights and only their consumer tells what they are.
//
// The format is the protobuf message ModelProto of onnx/onnx onnx/onnx.proto; the fields read here are numbered in
// fields.go. Graphs inside attributes (If, Loop) are read too: their tensors and nodes carry the names
// "<outer node>/<attribute>/" before their own. Nothing is executed.
package onnx
