package nl

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"testing"
)

// structure is what the generator makes.
type structure interface {
	decode(b []byte)
	put(b []byte)
}

// byHand has the functions Deserialize… and Decode… that are not generated.
var byHand = map[string]func([]byte) any{
	"DecodeMPLSStack":          func(b []byte) any { return DecodeMPLSStack(b) },
	"DecodeSEG6Encap":          func(b []byte) any { _, s, _ := DecodeSEG6Encap(b); return s },
	"DecodeSEG6Srh":            func(b []byte) any { s, _ := DecodeSEG6Srh(b); return s },
	"DeserializeBridgeVniInfo": func(b []byte) any { v, _ := DeserializeBridgeVniInfo(b); return v },
	"DeserializeCnMsgOp":       func(b []byte) any { return DeserializeCnMsgOp(b) },
	"DeserializeHfscCurve":     func(b []byte) any { return DeserializeHfscCurve(b) },
	"DeserializeNhmsg":         func(b []byte) any { return DeserializeNhmsg(b) },
	"DeserializeRtGenMsg":      func(b []byte) any { return DeserializeRtGenMsg(b) },
	"DeserializeSkbEdit":       func(b []byte) any { return DeserializeSkbEdit(b) },
	"DeserializeTcPedit":       func(b []byte) any { sel, _ := DeserializeTcPedit(b); return sel },
	"DeserializeTcPeditKeysEx": func(b []byte) any { return DeserializeTcPeditKeysEx(b) },
	"DeserializeTcU32Sel":      func(b []byte) any { return DeserializeTcU32Sel(b) },
	"DeserializeTunnelKey":     func(b []byte) any { return DeserializeTunnelKey(b) },
	"DeserializeVfStats":       func(b []byte) any { return DeserializeVfStats(b) },
	"DeserializeVfVlanInfo":    func(b []byte) any { return DeserializeVfVlanInfo(b) },
	"DeserializeVfVlanList":    func(b []byte) any { l, _ := DeserializeVfVlanList(b); return l },
	"DeserializeXfrmAddress":   func(b []byte) any { return DeserializeXfrmAddress(b) },
	"DeserializeXfrmAlgo":      func(b []byte) any { return DeserializeXfrmAlgo(b) },
	"DeserializeXfrmAlgoAEAD":  func(b []byte) any { return DeserializeXfrmAlgoAEAD(b) },
	"DeserializeXfrmAlgoAuth":  func(b []byte) any { return DeserializeXfrmAlgoAuth(b) },
	"ParseAttributes":          func(b []byte) any { return len(ParseAttributes(b)) },
	"ParseRouteAttr":           func(b []byte) any { a, _ := ParseRouteAttr(b); return a },
	"ParseRouteAttrAsMap":      func(b []byte) any { a, _ := ParseRouteAttrAsMap(b); return a },
	"BytesToString":            func(b []byte) any { return BytesToString(b) },
}

func TestEveryDeserializerIsFuzzed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n, reader := 0, regexp.MustCompile("^(Deserialize|Decode)")
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !reader.MatchString(f.Name.Name) {
				continue
			}
			n++
			if deserializers[f.Name.Name] == nil && byHand[f.Name.Name] == nil {
				t.Errorf("%s is in neither list of functions to fuzz", f.Name.Name)
			}
		}
	}
	if n < 60 {
		t.Errorf("%d functions were found", n)
	}
}

// TestStructuresAreWhole writes each structure over bytes that are all different, and looks
// which of them it knows: all but padding, which becomes zero.
func TestStructuresAreWhole(t *testing.T) {
	padding := map[string]int{ // bytes of padding that have no name in Go
		"IfInfomsg": 1, "Tcf": 0, "TcHfscOpt": 0, "TcConnmark": 2, "TcPeditSel": 2, "XfrmSelector": 0,
	}
	for _, s := range structures {
		in := make([]byte, s.size)
		for i := range in {
			in[i] = byte(i + 1)
		}
		s.decode(in)
		out := make([]byte, s.size)
		s.put(out)
		zeros := 0
		for i := range out {
			if out[i] == 0 && in[i] != 0 {
				zeros++
			} else if out[i] != in[i] {
				t.Errorf("%s: byte %d was %#x and is %#x", s.name, i, in[i], out[i])
			}
		}
		if zeros != padding[s.name] {
			t.Errorf("%s: %d bytes are lost, want %d", s.name, zeros, padding[s.name])
		}
		// What a short input lacks is zero.
		for n := range s.size {
			s.decode(in[:n:n])
			s.put(out)
			want := make([]byte, s.size)
			copy(want, in[:n])
			for i := range want {
				if want[i] != out[i] && out[i] != 0 {
					t.Errorf("%s: of %d bytes, byte %d is %#x", s.name, n, i, out[i])
				}
			}
			clear(out)
		}
	}
}

func FuzzDeserialize(f *testing.F) {
	for _, s := range structures {
		f.Add(bytes.Repeat([]byte{0xff}, s.size))
	}
	f.Add([]byte{})
	f.Add([]byte{8, 0, 1, 0, 1, 2, 3, 4, 5, 0, 2, 0x80, 9})
	f.Fuzz(func(t *testing.T, b []byte) {
		exact := bytes.Clone(b)
		exact = exact[:len(exact):len(exact)] // what lies behind is no memory of the input
		for _, fn := range deserializers {
			fn(exact)
		}
		for _, fn := range byHand {
			fn(exact)
		}
		if !bytes.Equal(exact, b) {
			t.Error("the input was changed")
		}
	})
}

func TestRetry(t *testing.T) {
	refused := errors.New("refused")
	for _, c := range []struct {
		wanted      bool
		interrupted int // times
		end         error
		calls       int
		stillBroken bool
	}{
		{false, 1, nil, 1, true},
		{false, 0, refused, 1, false},
		{true, 0, nil, 1, false},
		{true, 0, refused, 1, false},
		{true, 3, nil, 4, false},
		{true, 3, refused, 4, false},
		{true, 9, nil, 10, false},
		{true, 10, nil, 10, true},
	} {
		calls := 0
		err := retry(c.wanted, func() error {
			if calls++; calls <= c.interrupted {
				return ErrDumpInterrupted
			}
			return c.end
		})
		want := c.end
		if c.stillBroken {
			want = ErrDumpInterrupted
		}
		if calls != c.calls || err != want {
			t.Errorf("%+v: %d calls, %v", c, calls, err)
		}
	}
}
