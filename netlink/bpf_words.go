package netlink

import (
	"encoding/hex"
	"os"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Programs of BPF in the words of a command, for filters and actions.

// bpfCommand is a program that a command names: classic, or of eBPF.
type bpfCommand struct {
	ops    []uapi.SockFilter
	object *desc.BpfProgram
	fd     int // of a pinned one
}

// bpfFurtherWords are the words that a program may begin with, beside "bytecode" and "bc". They are not abbreviated:
// what begins some of them is a verdict, too.
var bpfFurtherWords = []string{"bytecode-file", "bcf", "object-file", "object", "obj", "object-pinned", "pinned",
	"pin", "fd"}

// readNoise is of a word that says nothing, and must be followed by another.
func readNoise(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	if !in.More() {
		return desc.Incomplete()
	}
	return nil
}

// readBpfProgram takes the program behind one of these words. That of an object file is loaded by put, when all words
// are known.
func readBpfProgram(in *desc.Args, typ uint32) (*bpfCommand, error) {
	switch word := in.Last(); word {
	case "bytecode", "bc", "bytecode-file", "bcf":
		arg, err := in.Next()
		if err != nil {
			return nil, err
		}
		if word == "bytecode-file" || word == "bcf" {
			text, err := os.ReadFile(arg)
			if err != nil {
				return nil, desc.Failed("Cannot read %q: %v\nUnable to parse bpf command line", arg, err)
			}
			arg = string(text)
		}
		ops, err := parseBytecode(arg)
		return &bpfCommand{ops: ops}, err
	case "object-file", "object", "obj":
		p, err := desc.ReadBpfObject(in, typ, false)
		return &bpfCommand{object: p}, err
	}
	p, err := desc.ReadBpfObject(in, typ, true)
	if err != nil {
		return nil, err
	}
	fd, err := p.Open(in)
	if err != nil {
		return nil, desc.Failed("%v\nUnable to parse bpf command line", err)
	}
	return &bpfCommand{object: p, fd: fd}, nil
}

// parseBytecode reads "COUNT,CODE JT JF K,…", all in decimal.
func parseBytecode(text string) ([]uapi.SockFilter, error) {
	wrong := func(why string) error { return desc.Failed("%s\nUnable to parse bpf command line", why) }
	count, rest, ok := strings.Cut(strings.TrimSpace(text), ",")
	n, err := strconv.ParseUint(strings.TrimSpace(count), 10, 16)
	if !ok || err != nil || n == 0 || n > uapi.BPF_MAXINSNS {
		return nil, wrong("Wrong number of instructions of a BPF program")
	}
	var ops []uapi.SockFilter
	for part := range strings.SplitSeq(rest, ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		var v [4]uint64
		bits := [...]int{16, 8, 8, 32}
		if len(words) != len(v) {
			return nil, wrong("An instruction of a BPF program has four numbers")
		}
		for i, word := range words {
			if v[i], err = strconv.ParseUint(word, 10, bits[i]); err != nil {
				return nil, wrong("An instruction of a BPF program is wrong")
			}
		}
		ops = append(ops, uapi.SockFilter{Code: uint16(v[0]), Jt: uint8(v[1]), Jf: uint8(v[2]), K: uint32(v[3])})
	}
	if uint64(len(ops)) != n {
		return nil, wrong("Parsed program length is less than encoded length parameter")
	}
	return ops, nil
}

// put sends the program: its number of instructions and the instructions, or the descriptor and the name.
func (b *bpfCommand) put(in *desc.Args, e *wire.Encoder, length, ops, fd, name uint16) error {
	if b.object == nil {
		e.Uint16(length, uint16(len(b.ops)))
		out := e.Reserve(ops, len(b.ops)*uapi.SizeofSockFilter)
		for i := range b.ops {
			b.ops[i].Put(out[i*uapi.SizeofSockFilter:])
		}
		return nil
	}
	if !b.object.Pinned {
		var err error
		if b.fd, err = b.object.Open(in); err != nil {
			return desc.Failed("%v\nUnable to load program", err)
		}
	}
	e.Uint32(fd, uint32(b.fd))
	e.String(name, b.object.Name())
	return nil
}

// showBytecode prints a classic program.
func showBytecode(p *desc.Printer, ops, length []byte) {
	if ops == nil || len(length) < 2 {
		return
	}
	n := int(native.Uint16(length))
	p.Object("bytecode")
	p.Text("bytecode '")
	p.Uint("length", "%d,", uint64(n))
	p.Array("insns")
	for i := range min(n, len(ops)/uapi.SizeofSockFilter) {
		var o uapi.SockFilter
		o.Decode(ops[i*uapi.SizeofSockFilter:])
		end := ","
		if i == n-1 {
			end = "'"
		}
		p.Object("")
		p.Uint("code", "%d ", uint64(o.Code))
		p.Uint("jt", "%d ", uint64(o.Jt))
		p.Uint("jf", "%d ", uint64(o.Jf))
		p.Uint("k", "%d", uint64(o.K))
		p.Text("%s", end)
		p.EndObject()
	}
	p.EndArray()
	p.EndObject()
}

// showBpfProgram prints a program of eBPF: its id and name, or its tag.
func showBpfProgram(p *desc.Printer, id, tag []byte) {
	known := false
	if len(id) >= 4 {
		n := native.Uint32(id)
		p.Object("prog")
		p.Uint("id", "id %d ", uint64(n))
		if p.Program != nil {
			known = p.Program(p, n)
		}
		p.EndObject()
	}
	if !known && tag != nil {
		p.Str("tag", "tag %s ", hex.EncodeToString(tag))
	}
}
