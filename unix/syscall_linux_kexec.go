//go:build linux && (amd64 || arm || arm64 || loong64 || ppc || ppc64 || ppc64le || riscv64 || s390x)

package unix

//sys	kexecFileLoad(kernelFd int, initrdFd int, size int, cmdline string, flags int) (err error) = SYS_KEXEC_FILE_LOAD
