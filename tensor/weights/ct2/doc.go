// Package ct2 reads CTranslate2's model.bin, binary version 6.
//
//	u32 version | string spec | u32 revision | u32 n | n variables | u32 m | m aliases (string alias, string target)
//	variable:  string name | u8 rank | rank x u32 dims | u8 dtype | u32 bytes | data
//	string:    u16 length, counting a closing NUL | bytes
//
// All little-endian, nothing aligned (OpenNMT/CTranslate2 src/models/model.cc, Model::load). Settings are scalars of
// rank 0; read them with File.Int. An int8 weight w comes with w_scale, one f32 a row, by which CTranslate2 multiplied
// before rounding; here the weight's Scale is its reciprocal, by which the reader of the row multiplies, and the
// variable itself is not listed.
package ct2
