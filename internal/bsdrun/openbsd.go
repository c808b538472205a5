//go:build linux && amd64

package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"slices"

	"kern.sys/unix"
)

// OpenBSD's programs make their calls through libc, which Linux's kernel cannot load for them. So they run as copies
// that need no loader: each function that they import is code of a few bytes that makes a call by a number of its
// own, and leaves errno where libc does.

const (
	firstImport  = 0x10000  // the number of the first function
	importsAt    = 0x3e0000 // where the code is, below the program
	importSize   = 32
	mainThreadAt = importsAt + 0x8000 // thread-local memory of the first thread: its own address, and errno
	importsEnd   = importsAt + 0x9000
	errnoAt      = 0x40
	threadStack  = 1 << 18
	threadEnd    = "threxit" // what a thread's first function returns to
)

// imports are the functions of libc that have code, in its order.
type imports []string

// importCode is a function: what the registers hold for a function of C, they hold for a call then.
func importCode(name string, number uint32) []byte {
	if name == "__errno" {
		return []byte{0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, // mov rax, fs:[0]
			0x48, 0x83, 0xc0, errnoAt, 0xc3} // add rax, errnoAt; ret
	}
	b := []byte{0x49, 0x89, 0xca, 0xb8} // mov r10, rcx; mov eax, number
	b = binary.LittleEndian.AppendUint32(b, number)
	return append(b, 0x0f, 0x05, 0x72, 1, 0xc3, // syscall; jc behind the next; ret
		0x64, 0x89, 0x04, 0x25, errnoAt, 0, 0, 0, // mov fs:[errnoAt], eax
		0x48, 0x83, 0xc8, 0xff, 0xc3) // or rax, -1; ret
}

// withoutLoader writes a copy of a program whose imports are code of its own, and returns its name and the imports.
func withoutLoader(path string) (copied string, names imports, err error) {
	image, err := os.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return "", nil, err
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return "", nil, err
	}
	section := f.Section(".rela.plt")
	if section == nil || f.Type != elf.ET_EXEC {
		return "", nil, fmt.Errorf("%s is no program that Go links by itself", path)
	}
	relocations, err := section.Data()
	if err != nil {
		return "", nil, err
	}
	code := make([]byte, importsEnd-importsAt)
	if len(relocations)/24 >= (mainThreadAt-importsAt)/importSize {
		return "", nil, fmt.Errorf("%s imports too many functions", path)
	}
	put := func(name string) uint64 {
		at := len(names) * importSize
		copy(code[at:], importCode(name, firstImport+uint32(len(names))))
		names = append(names, name)
		return uint64(importsAt + at)
	}
	put(threadEnd)
	for r := range slices.Chunk(relocations, 24) {
		info := binary.LittleEndian.Uint64(r[8:])
		if elf.R_X86_64(uint32(info)) != elf.R_X86_64_JMP_SLOT {
			return "", nil, fmt.Errorf("%s has a relocation %v", path, elf.R_X86_64(uint32(info)))
		}
		slot := binary.LittleEndian.Uint64(r)
		i := slices.IndexFunc(f.Progs, func(p *elf.Prog) bool {
			return p.Type == elf.PT_LOAD && p.Vaddr <= slot && slot < p.Vaddr+p.Filesz
		})
		if i < 0 {
			return "", nil, fmt.Errorf("%s has a relocation of %#x, which it has not", path, slot)
		}
		p := f.Progs[i]
		binary.LittleEndian.PutUint64(image[p.Off+slot-p.Vaddr:], put(symbols[info>>32-1].Name))
	}
	binary.LittleEndian.PutUint64(code[mainThreadAt-importsAt:], mainThreadAt)

	const page = 0x1000
	image = append(image, make([]byte, -len(image)&(page-1))...)
	headers := binary.LittleEndian.Uint64(image[32:])
	done := false
	for i, p := range f.Progs {
		h := image[headers+56*uint64(i):]
		switch {
		case p.Type == elf.PT_INTERP:
			binary.LittleEndian.PutUint32(h, uint32(elf.PT_NULL))
		case p.Type == elf.PT_NOTE && !done: // a place for the code
			done = true
			binary.LittleEndian.PutUint32(h, uint32(elf.PT_LOAD))
			binary.LittleEndian.PutUint32(h[4:], uint32(elf.PF_R|elf.PF_W|elf.PF_X))
			for j, v := range []uint64{uint64(len(image)), importsAt, importsAt, uint64(len(code)), uint64(len(code)), page} {
				binary.LittleEndian.PutUint64(h[8+8*j:], v)
			}
		}
	}
	if !done {
		return "", nil, fmt.Errorf("%s has no place for a segment", path)
	}
	out, err := os.CreateTemp("", "bsdrun-")
	if err != nil {
		return "", nil, err
	}
	if _, err = out.Write(append(image, code...)); err == nil {
		err = out.Chmod(0o755)
	}
	if err2 := out.Close(); err == nil {
		err = err2
	}
	return out.Name(), names, err
}

// openbsdCalls are functions of libc that the others do not have, or have otherwise.
var openbsdCalls = map[string]handler{
	"getcwd": func(c *call) (uint64, unix.Errno) {
		_, e := c.do(unix.SYS_GETCWD, c.args[0], c.args[1])
		return c.args[0], e
	},
	"getthrid":                    func(c *call) (uint64, unix.Errno) { return uint64(c.t.tid), 0 },
	"issetugid":                   zero,
	"pthread_attr_destroy":        zero,
	"pthread_attr_init":           zero,
	"pthread_attr_setdetachstate": zero,
	"pthread_attr_getstacksize": func(c *call) (uint64, unix.Errno) {
		return 0, c.write64(c.args[1], threadStack)
	},
	"pthread_create": func(c *call) (uint64, unix.Errno) { // where to store the thread, attributes, function, argument
		at, e := c.do(unix.SYS_MMAP, 0, threadStack, unix.PROT_READ|unix.PROT_WRITE,
			unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, ^uint64(0), 0)
		if e != 0 {
			return 0, e
		}
		local := at + threadStack - 0x100
		c.write64(local, local)
		stack := local - 0x108
		c.write64(stack, importsAt)
		return c.newThread(func(r *unix.PtraceRegs) {
			r.Rip, r.Rdi, r.Rsp, r.Fs_base = c.args[2], c.args[3], stack, local
		}, 64, c.args[0])
	},
	"pthread_sigmask": func(c *call) (uint64, unix.Errno) {
		c.plain = true
		old := c.t.mask
		if c.args[1] != 0 {
			set := uint64(c.read32(c.args[1]))
			switch {
			case c.has("SIG_BLOCK", c.args[0]):
				set |= old
			case c.has("SIG_UNBLOCK", c.args[0]):
				set = old &^ set
			case !c.has("SIG_SETMASK", c.args[0]):
				return 0, unix.EINVAL
			}
			c.t.setMask(c.tracer, set)
		}
		if c.args[2] != 0 {
			c.write32(c.args[2], old)
		}
		return 0, 0
	},
	threadEnd: func(c *call) (uint64, unix.Errno) { return c.do(unix.SYS_EXIT, 0) },
	"thrkill": func(c *call) (uint64, unix.Errno) {
		tid := c.args[0]
		if tid == 0 {
			tid = uint64(c.t.tid)
		}
		return c.killThread(tid, c.args[1])
	},
	// Until a time, or until the word is not 0: where it is and whether to go on are the same one for Go.
	"thrsleep": func(c *call) (uint64, unix.Errno) {
		c.plain = true
		_, e := c.do(unix.SYS_FUTEX, c.args[0], unix.FUTEX_WAIT_BITSET|unix.FUTEX_PRIVATE_FLAG, 0, c.args[2], 0,
			0xffffffff)
		switch e {
		case unix.EAGAIN:
			return 0, 0
		case unix.ETIMEDOUT:
			return 0, unix.EWOULDBLOCK
		}
		return 0, e
	},
	"thrwakeup": func(c *call) (uint64, unix.Errno) {
		c.plain = true
		n := c.args[1]
		if n == 0 {
			n = 1<<31 - 1
		}
		_, e := c.do(unix.SYS_FUTEX, c.args[0], unix.FUTEX_WAKE|unix.FUTEX_PRIVATE_FLAG, n)
		return 0, e
	},
	"usleep": func(c *call) (uint64, unix.Errno) {
		at, us := c.scratch(), uint64(uint32(c.args[0]))
		c.write64(at, us/1e6)
		c.write64(at+8, us%1e6*1000)
		return c.do(unix.SYS_NANOSLEEP, at, 0)
	},
}
