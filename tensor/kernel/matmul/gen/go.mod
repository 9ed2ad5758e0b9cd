module github.com/dauys/dauys/tensor/kernel/matmul/gen

go 1.26.8
