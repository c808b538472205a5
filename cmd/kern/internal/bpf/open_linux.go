package bpf

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cilium/ebpf"

	"kern.sys/internal/native"
	"kern.sys/netlink/desc"
	"kern.sys/unix"
)

// Open opens a pinned program or loads that of an object file, with all maps of the file and the programs that
// follow by tail calls. names has bpf_pinning. It returns a descriptor, which the caller closes.
func Open(p *desc.BpfProgram, names *desc.Names) (fd int, err error) {
	if p.Pinned {
		return openPinned(p)
	}
	o, err := readObject(p, names)
	if err != nil {
		return -1, err
	}
	unlimited := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	// before Linux 5.11 maps count; where it is refused, small ones fit
	_ = unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unlimited)
	c, err := o.load()
	if err != nil {
		return -1, err
	}
	defer c.Close()
	if err := o.export(c); err != nil {
		return -1, err
	}
	return unix.FcntlInt(uintptr(c.Programs[o.main].FD()), unix.F_DUPFD_CLOEXEC, 0)
}

func openPinned(p *desc.BpfProgram) (fd int, err error) {
	path, err := pinPath(p.File, p.Type)
	if err != nil {
		return -1, err
	}
	prog, err := ebpf.LoadPinnedProgram(path, nil)
	if err != nil {
		return -1, desc.Failed("%s", cause(err))
	}
	defer prog.Close()
	return unix.FcntlInt(uintptr(prog.FD()), unix.F_DUPFD_CLOEXEC, 0)
}

// pinPath is the path of what is pinned: a name behind "m:" is in the directory for programs of a type.
func pinPath(name string, typ uint32) (string, error) {
	short, ok := strings.CutPrefix(name, "m:")
	if !ok {
		return name, nil
	}
	dir, err := workDir(typ)
	return filepath.Join(dir, short), err
}

// object is an object file.
type object struct {
	*desc.BpfProgram
	names   *desc.Names
	bytes   []byte
	spec    *ebpf.CollectionSpec
	symbols []symbol
	main    string // the program that is meant
	maps    []mapDef
}

// symbol is what a file has in a section.
type symbol struct {
	name, section string
	index         elf.SectionIndex
	offset        uint64
}

func readObject(p *desc.BpfProgram, names *desc.Names) (*object, error) {
	o := &object{BpfProgram: p, names: names}
	var err error
	if o.bytes, err = os.ReadFile(p.File); err != nil {
		return nil, desc.Failed("Error opening object %s: %s", p.File, cause(err))
	}
	if o.spec, err = ebpf.LoadCollectionSpecFromReader(bytes.NewReader(o.bytes)); err != nil {
		return nil, desc.Failed("Object %s cannot be read: %v", p.File, err)
	}
	if two := []byte{0, 1}; o.spec.ByteOrder.Uint16(two) != native.Uint16(two) {
		return nil, desc.Failed("Object %s is of the other byte order", p.File)
	}
	if err := o.readSymbols(); err != nil {
		return nil, desc.Failed("Object %s cannot be read: %v", p.File, err)
	}
	if err := o.readMaps(); err != nil {
		return nil, err
	}
	return o, o.choose()
}

// readSymbols notes programs and maps in the order of the file, which their collection does not have.
func (o *object) readSymbols() error {
	f, err := elf.NewFile(bytes.NewReader(o.bytes))
	if err != nil {
		return err
	}
	defer f.Close()
	all, err := f.Symbols()
	if err != nil {
		return err
	}
	for _, s := range all {
		if int(s.Section) < len(f.Sections) {
			o.symbols = append(o.symbols, symbol{s.Name, f.Sections[s.Section].Name, s.Section, s.Value})
		}
	}
	slices.SortStableFunc(o.symbols, func(a, b symbol) int {
		if a.index != b.index {
			return int(a.index) - int(b.index)
		}
		return int(int64(a.offset) - int64(b.offset))
	})
	return nil
}

// choose finds the program that is meant, and leaves it and what it calls in the collection.
func (o *object) choose() error {
	keep := map[string]*ebpf.ProgramSpec{}
	for _, s := range o.symbols {
		prog := o.spec.Programs[s.name]
		if prog == nil || prog.SectionName != s.section {
			continue
		}
		if o.Program != "" && s.name != o.Program || o.Program == "" && s.section != o.Section {
			continue
		}
		o.main, keep[s.name] = s.name, prog
		break
	}
	switch {
	case o.main != "":
	case o.Program != "":
		return desc.Failed("object file doesn't contain prog %s", o.Program)
	default:
		return desc.Failed("object file doesn't contain sec %s", o.Section)
	}
	o.addTailCalls()
	for _, m := range o.spec.Maps {
		if m.Type != ebpf.ProgramArray {
			continue
		}
		for _, kv := range m.Contents {
			if name, ok := kv.Value.(string); ok && o.spec.Programs[name] != nil {
				keep[name] = o.spec.Programs[name]
			}
		}
	}
	for _, prog := range keep {
		if t := ebpf.ProgramType(o.Type); prog.Type != t { // what the section's name says is of another one
			prog.Type, prog.AttachType, prog.AttachTo, prog.Flags = t, ebpf.AttachNone, "", 0
		}
		prog.Ifindex = uint32(o.Link)
	}
	o.spec.Programs = keep
	return nil
}

// load makes the maps and loads the programs.
func (o *object) load() (*ebpf.Collection, error) {
	pinned, err := o.openMaps()
	defer func() {
		for _, m := range pinned {
			m.Close()
		}
	}()
	if err != nil {
		return nil, err
	}
	opts := ebpf.CollectionOptions{MapReplacements: pinned}
	if o.Verbose {
		opts.Programs.LogLevel = ebpf.LogLevelBranch | ebpf.LogLevelInstruction
	}
	o.spec.Variables = nil // nobody sets any
	c, err := ebpf.NewCollectionWithOptions(o.spec, opts)
	if err != nil {
		return nil, o.refused(err)
	}
	if o.Verbose {
		o.Log = strings.TrimRight(c.Programs[o.main].VerifierLog, "\n")
	}
	return c, nil
}

// logMax is how many bytes of the verifier's log an error has where no more were asked for.
const logMax = 4096

// refused is the error for what the kernel refused, with the end of the verifier's log.
func (o *object) refused(err error) error {
	var refused *ebpf.VerifierError
	if !errors.As(err, &refused) {
		return desc.Failed("The kernel refuses object %s: %v", o.File, err)
	}
	text := strings.Join(refused.Log, "\n")
	if n := len(text) - logMax; n > 0 && !o.Verbose {
		text = fmt.Sprintf("[%d bytes are left out, which \"verbose\" shows]\n%s", n, text[n:])
	}
	return desc.Failed("The kernel refuses program %s: %s\n%s", o.main, cause(refused.Cause), text)
}

// cause is the text of the error number below err, or else of err.
func cause(err error) string {
	if n, ok := errors.AsType[unix.Errno](err); ok {
		err = n
	}
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
