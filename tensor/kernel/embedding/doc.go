// Package embedding gathers rows of a table by number: out[i] = table[ids[i]] * Scale (+ add[at[i]]).
//
// Tables are f32, f16, bf16 or int8 with one scale a row. An id outside of the table gives a row of zeros. The optional second
// table, f32, adds positions. Widening is exact; the sum is rounded once.
package embedding
