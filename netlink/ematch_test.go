package netlink

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/attr"
	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// matchesOf reads the extended matches that tc sent with a command.
func matchesOf(t *testing.T, part string) []Ematch {
	t.Helper()
	i := slices.IndexFunc(ematchSent, func(c sentFilter) bool { return strings.Contains(c.command, part) })
	if i < 0 {
		t.Fatalf("no command has %q", part)
	}
	c := ematchSent[i]
	f, _ := filterKinds.new(c.kind)
	if err := decodeAttrs(f, capture.TcFilter(t, c.kind, c.sent)); err != nil {
		t.Fatal(err)
	}
	return reflect.ValueOf(f).Elem().FieldByName("Ematches").Interface().([]Ematch)
}

// The groups that tc made of parentheses are groups again.
func TestGroupsAreRead(t *testing.T) {
	cmp := func(v uint32) *EmatchCmp { return &EmatchCmp{Size: 1, Layer: TCF_LAYER_NETWORK, Value: v} }
	inner := &EmatchGroup{{Match: cmp(3), Or: true}, {Match: cmp(4)}}
	middle := &EmatchGroup{{Match: cmp(2)}, {Match: inner, Not: true}}
	want := []Ematch{{Match: &EmatchGroup{{Match: cmp(1), Or: true}, {Match: middle}}},
		{Match: &EmatchGroup{{Match: cmp(5)}}}}
	if got := matchesOf(t, "(cmp(u8 at 0 eq 1) or ("); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// header is that of one match: its number, kind and flags.
const endOfTree = "0800 0100 0100 0000 "

func TestWrongTreesAreErrors(t *testing.T) {
	for name, words := range map[string]string{
		"no header":           "0400 0200",
		"short match":         endOfTree + "0c00 0200 0800 0100 00000000",
		"group before itself": endOfTree + "1400 0200 1000 0100 0000 0000 0000 0000 00000000",
		"group behind all":    endOfTree + "1400 0200 1000 0100 0000 0000 0000 0000 05000000",
		"group without end":   endOfTree + "1400 0200 1000 0100 0000 0000 0100 0000 05000000",
		"more are promised":   endOfTree + "1000 0200 0c00 0100 0000 0c00 0100 0000",
	} {
		if list, err := decodeEmatches(capture.Words(t, words)); err == nil {
			t.Errorf("%s is read as %+v", name, list)
		}
	}
	// Two groups with the same matches would be twice as many at each step.
	var e wire.Encoder
	e.Struct(uapi.TCA_EMATCH_TREE_HDR, uapi.SizeofTcfEmatchTreeHdr, &uapi.TcfEmatchTreeHdr{})
	e.Nest(uapi.TCA_EMATCH_TREE_LIST)
	for i := range uint32(60) {
		b := e.Reserve(uint16(i+1), uapi.SizeofTcfEmatchHdr+4)
		(&uapi.TcfEmatchHdr{Flags: uapi.TCF_EM_REL_AND * uint16(1-i&1)}).Put(b)
		copy(b[uapi.SizeofTcfEmatchHdr:], numberBytes((i|1)+1))
	}
	e.End()
	if list, err := decodeEmatches(e.Bytes()); err == nil {
		t.Errorf("shared groups are read as %+v", list)
	}
}

func numberBytes(v uint32) []byte {
	var e wire.Encoder
	e.Uint32(0, v)
	return e.Bytes()[uapi.SizeofNlattr:]
}

// An unknown match, or one of an unexpected length, is raw and is sent unchanged.
func TestUnknownMatchesAreRaw(t *testing.T) {
	tree := endOfTree + "2400 0200 1000 0100 0700 0600 0100 0000 =01020304 1000 0200 0000 0100 0800 0000 =05060708"
	sent := capture.Words(t, tree)
	list, err := decodeEmatches(sent)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if r, ok := list[0].Match.(*EmatchRaw); !ok || r.Kind != uapi.TCF_EM_VLAN || list[0].ID != 7 || len(r.Data) != 4 {
		t.Errorf("%+v", list[0])
	}
	if r, ok := list[1].Match.(*EmatchRaw); !ok || r.Kind != uapi.TCF_EM_CMP || !r.Simple {
		t.Errorf("%+v", list[1])
	}
	f := &BasicFilter{Ematches: list}
	var back BasicFilter
	if err := decodeAttrs(&back, optionsOf(t, f)); err != nil || !reflect.DeepEqual(back.Ematches, list) {
		t.Errorf("%+v, %v", back.Ematches, err)
	}
}

// Kinds that tc has no words for, or that need sets and modules, are coded in both directions.
func TestMatchesWithoutCaptures(t *testing.T) {
	list := []Ematch{
		{Match: &EmatchText{Pattern: []byte("needle"), Algo: "bm", FromOffset: 3, ToOffset: 500,
			FromLayer: TCF_LAYER_NETWORK,
			ToLayer:   TCF_LAYER_TRANSPORT}, Or: true},
		{Match: &EmatchIPSet{Index: 3, Dim: 2, Flags: 2}, Not: true},
		{Match: &EmatchIPT{Hook: 4, Name: "policy", Revision: 1, NFProto: uapi.AF_INET6, Data: []byte{1, 2, 3}}},
		{Match: &EmatchMeta{Left: MetaValue{ID: TCF_META_ID_DEV, Var: true},
			Right: MetaValue{Var: true, Text: []byte("eth0")}}},
		{Match: &EmatchMeta{Left: MetaValue{ID: TCF_META_ID_RTIIF}, Right: MetaValue{Number: 1 << 40}}},
	}
	var back BasicFilter
	if err := decodeAttrs(&back, optionsOf(t, &BasicFilter{Ematches: list})); err != nil {
		t.Fatal(err)
	}
	back.Ematches[3].Match.(*EmatchMeta).Left.Text = nil // it has none, and no attribute
	if !reflect.DeepEqual(back.Ematches, list) {
		t.Errorf("%+v", back.Ematches)
	}
	p := &desc.Printer{SetName: func(i uint16) string { return map[uint16]string{3: "bulk"}[i] }}
	want := `text(6e 65 65 64 6c 65 "needle" algo bm from 1 3 to 2 500) OR NOT ipset(bulk src,dst) AND ipt(-6 -m policy) AND ` +
		`meta(dev eq eth0) AND meta(rt_iif eq 0)`
	if got := (&ematchShow{p: p, line: true}).list(list, 1); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}

// readWords reads the words of a filter basic, and returns its matches and the words behind them.
func readWords(words ...string) ([]Ematch, []string, error) {
	k := DescribeFilter("basic")
	in := &desc.Args{Rest: words, SetIndex: func(name string) (uint16, error) { return uint16(len(name)), nil }}
	var e wire.Encoder
	if err := desc.ReadNested(in, k, &e, true); err != nil {
		return nil, in.Rest, err
	}
	var f BasicFilter
	err := attr.Decode(e.Bytes(), f.attrs)
	return f.Ematches, in.Rest, err
}

// What tc refuses, or sends so that the kernel refuses it, is right here.
func TestWordsBeyondTc(t *testing.T) {
	dev := MetaValue{ID: TCF_META_ID_DEV, Var: true, Text: []byte{}}
	for command, want := range map[string]EmatchKind{
		`meta(dev eq "eth0")`: &EmatchMeta{Left: dev, Right: MetaValue{Var: true, Text: []byte("eth0")}},
		`meta("a b" gt dev)`: &EmatchMeta{Op: TCF_EM_OPND_GT, Left: MetaValue{Var: true, Text: []byte("a b")},
			Right: dev},
		`meta(sk_hash mask 0xff gt rxhash)`: &EmatchMeta{Op: TCF_EM_OPND_GT, Left: MetaValue{ID: TCF_META_ID_SK_HASH,
			Number: 0xff}, Right: MetaValue{ID: TCF_META_ID_RXHASH}},
		`u32(u32 1 1 at nexthdr+ 8)`: &EmatchU32{TcU32Key{Mask: 1, Val: 1, Off: 8, OffMask: -1}},
		`ipset(bulk src,dst)`:        &EmatchIPSet{Index: 4, Dim: 2, Flags: 2},
		`text("x" algo fsm from link 2 to t 9)`: &EmatchText{Pattern: []byte("x"), Algo: "fsm", FromOffset: 2, ToOffset: 9,
			ToLayer: TCF_LAYER_TRANSPORT},
		`nbyte("\x4\7\q\\" at 1)`: &EmatchNbyte{Bytes: []byte("\x04\x07q\\"), Offset: 1, Layer: TCF_LAYER_NETWORK},
	} {
		list, rest, err := readWords("match", command)
		if d, ok := want.(*EmatchMeta); ok && err == nil && len(list) == 1 {
			got := list[0].Match.(*EmatchMeta)
			for _, v := range []*MetaValue{&d.Left, &d.Right, &got.Left, &got.Right} {
				v.Text = bytes.Clone(v.Text)[:len(v.Text):len(v.Text)]
				if len(v.Text) == 0 {
					v.Text = nil
				}
			}
		}
		if err != nil || len(rest) != 0 || len(list) != 1 || !reflect.DeepEqual(list[0].Match, want) {
			t.Errorf("%s is %+v, %q, %v", command, list, rest, err)
		}
	}
	if _, rest, err := readWords("match", "cmp(u8", "at", "0", "eq 1)", "", "frob", "x"); err != nil ||
		!slices.Equal(rest, []string{"frob", "x"}) {
		t.Errorf("left are %q, %v", rest, err)
	}
}

func TestWrongWordsOfMatches(t *testing.T) {
	for command, want := range map[string]string{
		"":                              `a match or "(" is missing`,
		"cmp":                           `"cmp" is followed by no "("`,
		"cmp(u8 at 0 eq 1":              `a word or ")" is missing`,
		"(cmp(u8 at 0 eq 1)":            `and or or or ")" is missing`,
		"cmp()":                         "has no words",
		"not":                           `a match or "(" is missing`,
		"frob(1)":                       `the kind "frob" is not known`,
		"cmp(u8 at 0 eq 1 and)":         `a word or ")" is missing`,
		"cmp(u8 at 70000 eq 1)":         `"70000" is no offset`,
		"cmp(u8 at 0 eq 5000000000)":    `"5000000000" is no number of 32 bits`,
		"cmp(u8 at 0 eq)":               "a word is missing at the end",
		"cmp(u8 frob)":                  `"frob" is none of at`,
		"u32(u8 1 1 at 0 0)":            `"0" is one word too many`,
		"u32(u32 1 1 at 2)":             "no multiple of 4",
		`nbyte("" at 0)`:                "there are no bytes",
		`nbyte("a at 0)`:                "no closing quote",
		`nbyte("\400" at 0)`:            "is no byte",
		`nbyte("\8" at 0)`:              "no number in base 8",
		`meta("a" eq priority)`:         "one side is a text",
		`meta(priority shift 300 eq 1)`: `"300" is no shift`,
		"canid(eff 20000000)":           "up to 1FFFFFFF",
		"canid(sff)":                    "a word is missing",
		"ipset(bulk src,frob)":          "neither src nor dst",
		"ipset(bulk src,src,src,src,src,src,src)": "more than 6 parts",
		strings.Repeat("(", 200):                  "too many parentheses",
	} {
		if list, _, err := readWords("match", command); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v, want %q", command, list, err, want)
		}
	}
}

func TestWrongMatchesAreNotSent(t *testing.T) {
	nothing := (*EmatchCmp)(nil)
	for name, c := range map[string]struct {
		m    EmatchKind
		want string
	}{
		"none":      {nil, "without Match"},
		"nil":       {nothing, "without Match"},
		"empty":     {&EmatchGroup{}, "empty group"},
		"layer":     {&EmatchCmp{Layer: 16}, "layer 16"},
		"bytes":     {&EmatchNbyte{Bytes: make([]byte, 4096)}, "length 4096"},
		"algorithm": {&EmatchText{Algo: "0123456789abcdef"}, "algorithm length 16"},
	} {
		f := &FlowFilter{Ematches: []Ematch{{Match: c.m}}}
		if err := filterRequest(uapi.RTM_NEWTFILTER, 0, f, true).Err(); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := filterRequest(uapi.RTM_NEWTFILTER, 0, &RouteFilter{To: new(uint32(256))}, true).Err(); err == nil ||
		!strings.Contains(err.Error(), "realm 256") {
		t.Errorf("a realm of nine bits: %v", err)
	}
}
