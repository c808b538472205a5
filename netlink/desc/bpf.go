package desc

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"kern.sys/internal/uapi"
)

// BpfProgram is a program of eBPF that the words of a command name.
type BpfProgram struct {
	File    string // an object file (ELF), or the name of the program in a BPF file system
	Pinned  bool   // it is the name
	Type    uint32 // BPF_PROG_TYPE_…
	Section string // of the object file; its first program is meant
	Program string // the name of its function in the place of Section; "" where none was given
	Export  string // a socket of AF_UNIX; who listens there gets descriptors of the maps. "": none
	Link    int    // the index of the device that is to run the program itself, 0 for none
	Verbose bool   // the verifier tells what it finds
	Log     string // what it told
}

// Usage of a program of eBPF behind the word of its mode.
const (
	BpfObjectUsage = "FILE [ section NAME ] [ program NAME ] [ verbose ]"
	BpfUsage       = "{ object-file " + BpfObjectUsage + " | object-pinned FILE }"
)

// bpfSection is the section that a program of a type is in where none is named.
func bpfSection(typ uint32) string {
	switch typ {
	case uapi.BPF_PROG_TYPE_SCHED_CLS:
		return "classifier"
	case uapi.BPF_PROG_TYPE_SCHED_ACT:
		return "action"
	}
	return "prog"
}

// bpfTypes are the words for the types of programs that a command may choose from.
var bpfTypes = [...]struct {
	word string
	typ  uint32
}{
	{"cls", uapi.BPF_PROG_TYPE_SCHED_CLS}, {"act", uapi.BPF_PROG_TYPE_SCHED_ACT}, {"xdp", uapi.BPF_PROG_TYPE_XDP},
	{"lwt_in", uapi.BPF_PROG_TYPE_LWT_IN}, {"lwt_out", uapi.BPF_PROG_TYPE_LWT_OUT},
	{"lwt_xmit", uapi.BPF_PROG_TYPE_LWT_XMIT}, {"lwt_seg6local", uapi.BPF_PROG_TYPE_LWT_SEG6LOCAL},
}

// readBpfType takes the word for a type.
func readBpfType(in *Args) (uint32, error) {
	word, err := in.Next()
	if err != nil {
		return 0, err
	}
	for _, t := range bpfTypes {
		if word != "" && strings.HasPrefix(t.word, word) {
			return t.typ, nil
		}
	}
	return 0, &UsageError{Text: fmt.Sprintf("What type is %q?", word)}
}

// ReadBpfObject takes "FILE [ section NAME ] [ program NAME ] [ export SOCKET ] [ verbose ]". Only programs of traffic
// control have "export". Where typ is BPF_PROG_TYPE_UNSPEC, "type TYPE" may follow FILE.
func ReadBpfObject(in *Args, typ uint32, pinned bool) (*BpfProgram, error) {
	p := &BpfProgram{Pinned: pinned}
	var err error
	next := func(to *string) {
		if err == nil {
			*to, err = in.Next()
		}
	}
	next(&p.File)
	if typ == uapi.BPF_PROG_TYPE_UNSPEC {
		typ = uapi.BPF_PROG_TYPE_SCHED_CLS
		if err == nil && in.TakeAbbr("type") {
			typ, err = readBpfType(in)
		}
	}
	p.Type, p.Section = typ, bpfSection(typ)
	if err == nil && in.TakeAbbr("section") {
		next(&p.Section)
	}
	if err == nil && in.Take("program", "prog") {
		next(&p.Program)
	}
	switch typ {
	case uapi.BPF_PROG_TYPE_SCHED_CLS, uapi.BPF_PROG_TYPE_SCHED_ACT:
		if err == nil && in.TakeAbbr("export") {
			next(&p.Export)
		}
	}
	if err == nil && in.TakeAbbr("verbose") {
		p.Verbose = true
	}
	return p, err
}

// ReadBpf takes "{ object-file | object-pinned } FILE …" and opens that program. link is as in [BpfProgram].
func ReadBpf(in *Args, typ uint32, link int) (p *BpfProgram, fd int, err error) {
	word, err := in.Next()
	if err != nil {
		return nil, -1, err
	}
	begins := func(full string) bool { return word != "" && strings.HasPrefix(full, word) }
	object := begins("object-file")
	if !object && !begins("object-pinned") && !begins("pinned") && !begins("fd") {
		return nil, -1, &UsageError{Text: fmt.Sprintf("What mode is %q?", word)}
	}
	if p, err = ReadBpfObject(in, typ, !object); err != nil {
		return nil, -1, err
	}
	p.Link = link
	if fd, err = p.Open(in); err != nil {
		return nil, -1, &UsageError{Text: err.Error()}
	}
	return p, fd, nil
}

// Open loads the program, or opens the pinned one, and returns its descriptor.
func (p *BpfProgram) Open(in *Args) (fd int, err error) {
	if in.OpenProgram == nil {
		return -1, errors.New("BPF programs are not opened here")
	}
	fd, err = in.OpenProgram(p)
	if p.Log != "" && in.Warn != nil {
		in.Warn(p.Log)
	}
	if err != nil && p.Pinned {
		err = Failed("Couldn't retrieve pinned program '%s': %v", p.File, err)
	}
	return fd, err
}

// Name is the name that lists show: "prog.o:[classifier]".
func (p *BpfProgram) Name() string {
	if p.Pinned {
		return path.Base(p.File) + ":[*fsobj]"
	}
	return path.Base(p.File) + ":[" + p.Section + "]"
}
