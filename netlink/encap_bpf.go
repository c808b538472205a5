package netlink

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// BpfEncap runs BPF programs on the packets of a route: ip route add … encap bpf in PROGRAM ….
type BpfEncap struct {
	progs    [uapi.LWT_BPF_XMIT_HEADROOM]encapProg // by LWT_BPF_IN, LWT_BPF_OUT and LWT_BPF_XMIT
	headroom int

	Unknown []byte // attributes of a newer kernel, with their headers; they are sent as they were read
}

// encapProg is a BPF program of an encapsulation.
type encapProg struct {
	number uint32 // a descriptor to send; seg6local reports the program's ID
	name   string
}

func (p *encapProg) attrs(c *attr.Codec) {
	attr.U32(c, uapi.LWT_BPF_PROG_FD|attr.IfSet, &p.number) // as SEG6_LOCAL_BPF_PROG
	if !c.Encoding() || p.name != "" {
		attr.String(c, uapi.LWT_BPF_PROG_NAME, &p.name)
	}
}

// SetProg sets the program of a hook, mode LWT_BPF_IN, LWT_BPF_OUT or LWT_BPF_XMIT, by a descriptor
// and a name, to which the descriptor's number is appended. The program's type is that of the hook,
// BPF_PROG_TYPE_LWT_IN and so on.
func (e *BpfEncap) SetProg(mode, progFd int, progName string) error {
	switch {
	case progFd <= 0:
		return fmt.Errorf("bpf encap: descriptor %d is none", progFd)
	case mode < uapi.LWT_BPF_IN || mode > uapi.LWT_BPF_XMIT:
		return fmt.Errorf("bpf encap: hook %d is none", mode)
	}
	e.progs[mode] = encapProg{uint32(progFd), fmt.Sprintf("%s[fd:%d]", progName, progFd)}
	return nil
}

// SetXmitHeadroom sets the bytes that the program of LWT_BPF_XMIT may prepend, at most
// LWT_BPF_MAX_HEADROOM.
func (e *BpfEncap) SetXmitHeadroom(headroom int) error {
	if headroom < 0 || headroom > uapi.LWT_BPF_MAX_HEADROOM {
		return fmt.Errorf("bpf encap: headroom %d is not within 0 and %d", headroom, uapi.LWT_BPF_MAX_HEADROOM)
	}
	e.headroom = headroom
	return nil
}

// Type returns LWTUNNEL_ENCAP_BPF.
func (e *BpfEncap) Type() int { return uapi.LWTUNNEL_ENCAP_BPF }

// Decode reads the payload of RTA_ENCAP.
func (e *BpfEncap) Decode(b []byte) error {
	*e = BpfEncap{}
	return decodeAttrs(e, b)
}

// Encode returns the payload of RTA_ENCAP. It is an error if no program is set.
func (e *BpfEncap) Encode() ([]byte, error) {
	if e.progs == (BpfEncap{}).progs {
		return nil, errors.New("bpf encap: no program is set")
	}
	return encodeEncapData(e)
}

// bpfHooks are the words for the hooks of a route.
var bpfHooks = [...]string{uapi.LWT_BPF_IN: "in", uapi.LWT_BPF_OUT: "out", uapi.LWT_BPF_XMIT: "xmit"}

// String returns the names of the programs, and the headroom.
func (e *BpfEncap) String() string {
	var words []string
	for hook, p := range e.progs {
		if p != (encapProg{}) {
			words = append(words, bpfHooks[hook]+": "+p.name)
		}
	}
	if e.headroom > 0 {
		words = append(words, fmt.Sprintf("xmit headroom: %d", e.headroom))
	}
	return strings.Join(words, " ")
}

// Equal reports whether x is a BpfEncap with the same programs and headroom.
func (e *BpfEncap) Equal(x Encap) bool {
	o, ok := x.(*BpfEncap)
	if !ok || e == nil || o == nil {
		return ok && e == o
	}
	return e.progs == o.progs && e.headroom == o.headroom && bytes.Equal(e.Unknown, o.Unknown)
}

func (e *BpfEncap) attrs(c *attr.Codec) {
	attr.Nest(c, uapi.LWT_BPF_IN|uapi.NLA_F_NESTED|attr.IfSet, e.progs[uapi.LWT_BPF_IN].attrs)
	attr.Nest(c, uapi.LWT_BPF_OUT|uapi.NLA_F_NESTED|attr.IfSet, e.progs[uapi.LWT_BPF_OUT].attrs)
	attr.Nest(c, uapi.LWT_BPF_XMIT|uapi.NLA_F_NESTED|attr.IfSet, e.progs[uapi.LWT_BPF_XMIT].attrs)
	attr.IntU32(c, uapi.LWT_BPF_XMIT_HEADROOM|attr.IfSet, &e.headroom, "bpf headroom", uapi.LWT_BPF_MAX_HEADROOM)
	attr.Rest(c, uapi.LWT_BPF_XMIT_HEADROOM, &e.Unknown)
}

func (*BpfEncap) describe() desc.Kind {
	return desc.Kind{Fields: bpfEncapFields, Exact: true, Once: true, Help: bpfEncapHelp}
}

var bpfEncapFields = []desc.Field{
	{Type: uapi.LWT_BPF_IN, Key: "in", Usage: desc.BpfUsage, Show: showEncapProg, Read: readEncapProg},
	{Type: uapi.LWT_BPF_OUT, Key: "out", Usage: desc.BpfUsage, Show: showEncapProg, Read: readEncapProg},
	{Type: uapi.LWT_BPF_XMIT, Key: "xmit", Usage: desc.BpfUsage, Show: showEncapProg, Read: readEncapProg},
	{Type: uapi.LWT_BPF_XMIT_HEADROOM, Key: "headroom", Usage: "SIZE", Show: showBpfHeadroom, Read: readBpfHeadroom},
}

// showEncapProg prints a program by its name.
func showEncapProg(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil {
		return
	}
	name, named := desc.ParseAttrs(b)[uapi.LWT_BPF_PROG_NAME]
	text, _, _ := strings.Cut(string(name), "\x00")
	switch {
	case p.JSON && !named:
		p.Str(f.Key, "", "<unknown>")
	case p.JSON:
		p.Str(f.Key, "", text)
	case named:
		p.Raw(f.Key + " " + text + " ")
	default:
		p.Raw(f.Key + " ")
	}
}

// encapProgTypes are the types of the programs, by their attribute.
var encapProgTypes = [...]uint32{uapi.LWT_BPF_IN: uapi.BPF_PROG_TYPE_LWT_IN,
	uapi.LWT_BPF_OUT:  uapi.BPF_PROG_TYPE_LWT_OUT,
	uapi.LWT_BPF_XMIT: uapi.BPF_PROG_TYPE_LWT_XMIT}

func readEncapProg(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return readEncapProgOf(in, f, e, encapProgTypes[f.Type])
}

// readEncapProgOf reads a program of a type into a nest: its descriptor and name.
func readEncapProgOf(in *desc.Args, f *desc.Field, e *wire.Encoder, typ uint32) error {
	p, fd, err := desc.ReadBpf(in, typ, 0)
	if err != nil {
		return err
	}
	e.Nest(f.Type)
	e.Uint32(uapi.LWT_BPF_PROG_FD, uint32(fd)) // as SEG6_LOCAL_BPF_PROG
	e.String(uapi.LWT_BPF_PROG_NAME, p.Name())
	e.End()
	return nil
}

func showBpfHeadroom(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Uint(f.Key, " %d ", uint64(native.Uint32(b)))
	}
}

func readBpfHeadroom(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	n, err := in.Uint(32, "headroom is invalid\n")
	if err == nil && n == 0 {
		err = desc.Wrong(in.Last(), "headroom is invalid\n")
	}
	e.Uint32(f.Type, uint32(n))
	return err
}

var bpfEncapHelp = [][2]string{
	{"in", "the program for packets that come in: a file and its section"},
	{"out", "the program for packets that go out"},
	{"xmit", "the program for packets before they are sent; it may change them"},
	{"headroom", "bytes in front of a packet that the program may add, up to 256"},
}
