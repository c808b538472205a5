package unix_test

import (
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// emulatorLacks is what the tests leave out under qemu-user, and what that does instead. What it answers with ENOSYS
// or the like needs no line: [need] skips that by its name.
var emulatorLacks = map[string]string{
	"FICLONE":                                 "knows few requests of ioctl",
	"NUMA":                                    "has one node and does not say so",
	"SIOCETHTOOL":                             "knows few requests of ioctl",
	"TCP_INFO in the bytes of its order":      "passes the structure on as it is",
	"advice about memory that is checked":     "takes any",
	"all IPv6 socket options":                 "knows some",
	"all socket options":                      "knows some",
	"arch_prctl":                              "has none but on its own machine",
	"checks of messages without buffers":      "takes them for sent",
	"checks of offsets of mmap":               "takes any on machines with larger pages",
	"clone3":                                  "has none",
	"control messages":                        "converts some and drops the others",
	"execveat":                                "has the kernel start the program, which cannot",
	"flags of queues that are not the host's": "passes the flags on as they are",
	"futexes that lend priority":              "uses futexes of its own",
	"loop devices":                            "knows few requests of ioctl",
	"microseconds of select":                  "makes nanoseconds of them, which overflow, for pselect6",
	"mincore":                                 "knows the pages of the host alone",
	"mq_notify":                               "has none",
	"nanoseconds of utimensat":                "drops them on some machines",
	"packet socket options":                   "knows few",
	"perf events":                             "has none",
	"programs of its own machine": "has the kernel start them, which cannot; now and then the attempt " +
		"never ends",
	"ptrace":                                "has none",
	"remap_file_pages":                      "has none",
	"restartable sequences":                 "has none",
	"riscv_flush_icache":                    "has none",
	"robust lists":                          "has none",
	"s390_pci_mmio_read":                    "has none",
	"s390_sthyi":                            "has none",
	"seccomp listeners":                     "lets no thread be filtered",
	"shared memory at addresses it chooses": "finds none where alignment is wide",
	"sources of the module":                 "would check again, slowly, what the sources say on every machine",
	"the end of memory":                     "looks at more of it than it uses",
	"the system calls of threads":           "knows them as glibc makes them",
	"times and permissions of semaphores":   "converts some of the structure only",
	"times of recvmmsg":                     "waits without end",
	"unique ids of mounts":                  "stores 32 bits whatever the flags",
	"unknown requests of ioctl":             "knows few",
	"userfaultfd":                           "has none",
}

// emulated reports whether an emulator of programs, as qemu-user, stands between them and the kernel.
func emulated() bool { return nstest.Emulated() }

// kernelHas reports whether the kernel itself answers, and not an emulator, which lacks the feature.
func kernelHas(t testing.TB, feature string) bool {
	t.Helper()
	if !emulated() {
		return true
	}
	if emulatorLacks[feature] == "" {
		t.Fatalf("%q is not among emulatorLacks", feature)
	}
	return false
}

// onKernel skips the test under an emulator, which lacks the feature.
func onKernel(t testing.TB, feature string) {
	t.Helper()
	if !kernelHas(t, feature) {
		nstest.Need(t, feature, "", unix.ENOSYS)
	}
}
