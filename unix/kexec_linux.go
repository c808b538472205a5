//go:build linux && (amd64 || arm || arm64 || loong64 || ppc || ppc64 || ppc64le || riscv64 || s390x)

package unix

// KexecFileLoad is kexec_file_load(2): it loads the kernel that a later reboot starts.
func KexecFileLoad(kernelFd int, initrdFd int, cmdline string, flags int) error {
	return kexecFileLoad(kernelFd, initrdFd, len(cmdline)+1, cmdline, flags)
}
