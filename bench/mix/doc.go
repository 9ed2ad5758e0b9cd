// Package mix builds the test recording that all benchmarks use: clips of speech in a fixed order with quiet room noise between
// them, so that every program hears the same sound and every run hears the same sound as the last.
//
//	noise | LJ001-0001 | noise | LJ001-0002 | noise | ... | jfk | noise | Austen | noise | ru | noise | LJ001-0001 | ...
//
// It is 16 kHz mono. The noise lasts 0.5 to 1.5 s, is pink, about -60 dBFS, and comes from a fixed seed. The clips and their texts
// are reference data beside the project (../shared/data); where those are absent, the demonstration recording stands in.
package mix
