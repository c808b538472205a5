//go:build linux && !riscv64 && !loong64

package unix

//sys	Renameat(olddirfd int, oldpath string, newdirfd int, newpath string) (err error)
