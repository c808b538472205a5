//go:build linux && (386 || amd64 || mips || mipsle || ppc || ppc64 || ppc64le)

package unix

//sys	Ioperm(from int, num int, on int) (err error)
//sys	Iopl(level int) (err error)
