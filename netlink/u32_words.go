package netlink

import (
	"fmt"
	"math/bits"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func (*U32) describe() desc.Kind {
	return desc.Kind{Fields: u32Fields, Sparse: true, First: firstU32, Complete: completeU32}
}

// u32Words are what the words of a command say of a [U32].
type u32Words struct {
	sel           uapi.TcU32SelHdr
	keys          []uapi.TcU32Key
	matched, acts bool
	hash          uint32
	sampled       bool
	order         uint32
	mark          *uapi.TcU32Mark
	inSample      bool
	sampleKeys    []uapi.TcU32Key
}

func firstU32(in *desc.Args, _ *wire.Encoder) error {
	desc.Scratch[u32Words](in)
	if in.Tc == nil {
		return nil
	}
	in.Tc.Options = in.More() // without options the kernel does nothing, and reports no error
	if in.Tc.HandleWord == "" {
		return nil
	}
	h, ok := parseU32Handle(in.Tc.HandleWord)
	if !ok {
		return desc.Failed("Illegal filter ID")
	}
	in.Tc.Handle = h
	return nil
}

// parseU32Handle reads TABLE:[BUCKET[:NODE]] in hexadecimal, or a number that begins with 0x.
func parseU32Handle(word string) (uint32, bool) {
	if !strings.Contains(word, ":") {
		if !strings.HasPrefix(word, "0x") {
			return 0, false
		}
		v, err := desc.ParseHex(word, 32)
		return uint32(v), err == nil
	}
	parts := strings.SplitN(word, ":", 3)
	var v [3]uint64
	for i, part := range parts {
		if part == "" {
			continue
		}
		n, err := desc.ParseHex(part, 32)
		if err != nil || n >= [...]uint64{0x1000, 0x100, 0x1000}[i] {
			return 0, false
		}
		v[i] = n
	}
	return uint32(v[0]<<20 | v[1]<<12 | v[2]), true
}

// u32HandleText is a handle as tc shows it: "none", "800:", "800::800".
func u32HandleText(p *desc.Printer, h uint32) string {
	if h == 0 {
		return "none"
	}
	table, bucket, node := h>>20, h>>12&0xff, h&0xfff
	var text strings.Builder
	if table != 0 {
		fmt.Fprintf(&text, "%x:", table)
	}
	if bucket != 0 {
		fmt.Fprintf(&text, "%x", bucket)
	}
	if node != 0 {
		fmt.Fprintf(&text, ":%x", node)
	}
	if p.Handles {
		fmt.Fprintf(&text, "[%08x]", h)
	}
	return text.String()
}

var u32Fields = []desc.Field{
	{Type: uapi.TCA_U32_SEL, Word: "match", Usage: "SELECTOR", Show: showU32Head,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[u32Words](in)
			w.matched = true
			return readU32Selector(in, "match")
		}},
	{Type: uapi.TCA_U32_CLASSID, Word: "classid", Words: []string{"flowid"}, Usage: "CLASSID",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			desc.Scratch[u32Words](in).sel.Flags |= uapi.TC_U32_TERMINAL
			return readClassID(in, f, e)
		}},
	{Word: "offset", Usage: "[ plus N ] [ at N ] [ mask MASK ] [ shift N ] [ eat ]", Read: readU32Offset},
	{Word: "hashkey", Usage: "[ mask MASK ] [ at N ]", Read: readU32HashKey},
	{Type: uapi.TCA_U32_DIVISOR, Word: "divisor", Usage: "DIVISOR",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := readU32Divisor(in, "divisor")
			e.Uint32(f.Type, v)
			return err
		}},
	{Word: "order", Usage: "NODE", Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
		v, err := in.Number(32, 0, "order")
		return set(&desc.Scratch[u32Words](in).order, v, err)
	}},
	{Type: uapi.TCA_U32_LINK, Word: "link", Exact: true, Usage: "HTID",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			h, err := readU32Table(in, "link")
			e.Uint32(f.Type, h)
			return err
		}},
	{Type: uapi.TCA_U32_HASH, Word: "ht", Exact: true, Usage: "HTID",
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[u32Words](in)
			word, err := in.Next()
			if err != nil {
				return err
			}
			h, ok := parseU32Handle(word)
			switch {
			case !ok:
				return desc.Illegal("ht")
			case in.Tc != nil && in.Tc.HandleWord != "" && h&0xfff != 0:
				return desc.Failed("\"ht\" must be a hash table.")
			case w.sampled:
				w.hash = w.hash&0xff000 | h&0xfff00000
			default:
				w.hash = h & 0xfffff000
			}
			return nil
		}},
	{Word: "sample", Exact: true, Usage: "SELECTOR [ divisor DIVISOR ]", Read: readU32Sample},
	{Type: uapi.TCA_U32_POLICE, Word: "police", Usage: "POLICE_SPEC", Show: showFilterPoliceLine,
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			desc.Scratch[u32Words](in).acts = true
			return readFilterPolice(in, f, e)
		}},
	{Type: uapi.TCA_U32_INDEV, Word: "indev", Exact: true, Usage: "DEV", Read: readIndev,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if b != nil {
				p.NL()
				p.Str("input_dev", "  input dev %s", string(untilNUL(b)))
				p.NL()
			}
		}},
	{Type: uapi.TCA_U32_FLAGS, Word: "skip_hw", Words: skipWords, Exact: true, Read: readSkip},
	{Type: uapi.TCA_U32_MARK, ReadOnly: true},
	{Type: uapi.TCA_U32_PCNT, ReadOnly: true},
	{Type: uapi.TCA_U32_ACT, Word: "action", Usage: "ACTION_SPEC", Show: showFilterActions,
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			desc.Scratch[u32Words](in).acts = true
			return readFilterActions(in, f, e)
		}},
}

func readU32Divisor(in *desc.Args, what string) (uint32, error) {
	v, err := in.Number(32, 0, what)
	if err == nil && (v == 0 || v > 0x100 || v&(v-1) != 0) {
		err = desc.Illegal(what)
	}
	return uint32(v), err
}

func readU32Table(in *desc.Args, what string) (uint32, error) {
	word, err := in.Next()
	if err != nil {
		return 0, err
	}
	h, ok := parseU32Handle(word)
	if !ok {
		return 0, desc.Illegal(what)
	}
	if h&0xfff != 0 {
		return 0, desc.Failed("%q must be a hash table.", what)
	}
	return h, nil
}

func readU32Offset(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	if !in.More() {
		return desc.Incomplete()
	}
	s := &desc.Scratch[u32Words](in).sel
	for {
		switch {
		case in.TakeAbbr("plus"):
			v, err := in.Signed(0, "offset")
			if err != nil {
				return err
			}
			s.Off, s.Flags = uint16(v), s.Flags|uapi.TC_U32_OFFSET
		case in.TakeAbbr("at"):
			v, err := in.Signed(0, "offset")
			if err != nil {
				return err
			}
			if v%2 != 0 {
				return desc.Failed("offset \"at\" must be even\nIllegal \"offset\"")
			}
			s.Offoff, s.Flags = int16(v), s.Flags|uapi.TC_U32_VAROFFSET
		case in.TakeAbbr("mask"):
			v, err := in.Number(16, 16, "offset")
			if err != nil {
				return err
			}
			s.Offmask, s.Flags = uint16(v), s.Flags|uapi.TC_U32_VAROFFSET
		case in.TakeAbbr("shift"):
			v, err := in.Signed(0, "offset")
			if err != nil {
				return err
			}
			s.Offshift, s.Flags = uint8(v), s.Flags|uapi.TC_U32_VAROFFSET
		case in.TakeAbbr("eat"):
			s.Flags |= uapi.TC_U32_EAT
		default:
			return nil
		}
	}
}

func readU32HashKey(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	if !in.More() {
		return desc.Incomplete()
	}
	s := &desc.Scratch[u32Words](in).sel
	for {
		switch {
		case in.TakeAbbr("mask"):
			v, err := in.Number(32, 16, "hashkey")
			if s.Hmask = uint32(v); err != nil {
				return err
			}
		case in.TakeAbbr("at"):
			v, err := in.Signed(0, "hashkey")
			if err == nil && v%4 != 0 {
				err = desc.Illegal("hashkey")
			}
			if s.Hoff = int16(v); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// readU32Sample reads a key, by whose value the bucket is chosen.
func readU32Sample(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[u32Words](in)
	w.inSample, w.sampleKeys = true, nil
	err := readU32Selector(in, "sample")
	w.inSample = false
	if err != nil {
		return err
	}
	if len(w.sampleKeys) != 1 {
		return desc.Failed("\"sample\" must contain exactly ONE key.")
	}
	divisor := uint32(0x100)
	if in.Take("divisor") {
		if divisor, err = readU32Divisor(in, "sample divisor"); err != nil {
			return err
		}
	}
	k := w.sampleKeys[0]
	fold := k.Val & k.Mask
	if k.Mask != 0 {
		fold >>= bits.TrailingZeros32(k.Mask)
	}
	w.hash = fold%divisor<<12 | w.hash&0xfff00000
	w.sampled = true
	return nil
}

func completeU32(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[u32Words](in)
	if w.acts {
		w.sel.Flags |= uapi.TC_U32_TERMINAL
	}
	if w.order != 0 && in.Tc != nil {
		if node := in.Tc.Handle & 0xfff; node != 0 && node != w.order {
			return desc.Failed("\"order\" contradicts \"handle\"")
		}
		in.Tc.Handle |= w.order
	}
	if w.mark != nil {
		e.Struct(uapi.TCA_U32_MARK, uapi.SizeofTcU32Mark, w.mark)
	}
	if w.hash != 0 {
		e.Uint32(uapi.TCA_U32_HASH, w.hash)
	}
	if w.matched {
		w.sel.Nkeys = uint8(len(w.keys))
		b := e.Reserve(uapi.TCA_U32_SEL, uapi.SizeofTcU32SelHdr+len(w.keys)*uapi.SizeofTcU32Key)
		w.sel.Put(b)
		for i := range w.keys {
			w.keys[i].Put(b[uapi.SizeofTcU32SelHdr+i*uapi.SizeofTcU32Key:])
		}
	}
	return nil
}
