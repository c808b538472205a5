//go:build linux && (386 || amd64 || arm64 || loong64 || riscv64 || s390x)

package unix

//sys	MemfdSecret(flags int) (fd int, err error)
