package bpf

import (
	"fmt"
	"math"
	"strings"

	"github.com/cilium/ebpf/btf"

	"kern.sys/internal/native"
)

// Value shows values of a map by their type in C, as libbpf does.
type Value struct{ typ btf.Type }

// NewValue returns the type with a number in the description of types (BTF) that has the number id.
func NewValue(id, typ uint32) (*Value, error) {
	h, err := btf.NewHandleFromID(btf.ID(id))
	if err != nil {
		return nil, err
	}
	defer h.Close()
	spec, err := h.Spec(nil)
	if err != nil {
		return nil, err
	}
	t, err := spec.TypeByID(btf.TypeID(typ))
	if err != nil {
		return nil, err
	}
	return &Value{t}, nil
}

// Text shows a value: in one line, or in lines that begin with indent tabs. It is false where the value is shorter
// than its type, or has a part that cannot be shown.
func (v *Value) Text(b []byte, indent int, oneline bool) (string, bool) {
	d := dump{indent: indent, oneline: oneline}
	ok := d.show("", v.typ, b, 0, 0)
	return d.out.String(), ok
}

// dump is one that is written.
type dump struct {
	out     strings.Builder
	indent  int
	oneline bool
	depth   int
	inArray bool // types of elements, and of what is in them, are not written again
}

func (d *dump) begin() {
	if !d.oneline {
		d.out.WriteString(strings.Repeat("\t", d.indent+d.depth))
	}
}

// end writes what closes a value: within others a comma, and the end of the line.
func (d *dump) end(format string, args ...any) bool {
	fmt.Fprintf(&d.out, format, args...)
	if d.depth > 0 {
		d.out.WriteByte(',')
	}
	d.endLine()
	return true
}

func (d *dump) endLine() {
	if d.depth > 0 && !d.oneline {
		d.out.WriteByte('\n')
	}
}

// show writes a value that begins at bit start of b; bits is the width of a bit-field, 0 for other values.
func (d *dump) show(name string, t btf.Type, b []byte, start, bits uint) bool {
	size, err := btf.Sizeof(t)
	if err != nil || bits == 0 && size > len(b) || bits != 0 && int(start+bits+7)/8 > len(b) {
		return false
	}
	d.begin()
	if name != "" {
		d.out.WriteString("." + name + " = ")
	}
	if !d.inArray {
		d.out.WriteString("(" + declare(t, "") + ")")
	}
	if bits == 0 {
		b = b[:size]
	}
	switch t := btf.UnderlyingType(t).(type) {
	case *btf.Int:
		if bits != 0 {
			return d.end("0x%x", bitField(b, size, start, bits))
		}
		return d.integer(t, b)
	case *btf.Float:
		return d.float(b)
	case *btf.Pointer:
		if p := number(b); p != 0 {
			return d.end("0x%x", p)
		}
		return d.end("(nil)")
	case *btf.Enum:
		n := uint64(0)
		if bits != 0 {
			n = bitField(b, size, start, bits)
		} else {
			n = number(b)
		}
		return d.enum(t, n)
	case *btf.Array:
		return d.array(t, b)
	case *btf.Struct:
		return d.members(t.Members, b)
	case *btf.Union:
		return d.members(t.Members, b)
	}
	return false
}

func (d *dump) integer(t *btf.Int, b []byte) bool {
	switch {
	case len(b) == 16:
		low, high := native.Uint64(b), native.Uint64(b[8:])
		if bigEndian {
			low, high = high, low
		}
		if high == 0 {
			return d.end("0x%x", low)
		}
		return d.end("0x%x%016x", high, low)
	case len(b) > 8:
		return false
	case t.Encoding == btf.Signed:
		return d.end("%d", signed(number(b), len(b)))
	}
	return d.end("%d", number(b))
}

func (d *dump) float(b []byte) bool {
	var f float64
	switch len(b) {
	case 4:
		f = float64(math.Float32frombits(native.Uint32(b)))
	case 8:
		f = math.Float64frombits(native.Uint64(b))
	default:
		return false
	}
	sign := ""
	if math.Signbit(f) {
		sign = "-"
	}
	switch {
	case math.IsNaN(f):
		return d.end("%snan", sign)
	case math.IsInf(f, 0):
		return d.end("%sinf", sign)
	}
	return d.end("%f", f)
}

func (d *dump) enum(t *btf.Enum, n uint64) bool {
	mask := uint64(math.MaxUint64) >> (64 - 8*t.Size)
	for _, v := range t.Values {
		if v.Value&mask == n&mask {
			return d.end("%s", v.Name)
		}
	}
	suffix := ""
	if t.Size == 8 {
		suffix = "ULL"
	}
	if t.Signed {
		return d.end("%d%s", signed(n, int(t.Size)), strings.TrimPrefix(suffix, "U"))
	}
	return d.end("%d%s", n, suffix)
}

func (d *dump) array(t *btf.Array, b []byte) bool {
	size, err := btf.Sizeof(t.Type)
	if err != nil || size <= 0 {
		return false
	}
	_, integers := btf.UnderlyingType(t.Type).(*btf.Int)
	inArray := d.inArray
	d.depth++
	d.inArray = true
	d.out.WriteByte('[')
	d.endLine()
	for i := range int(t.Nelems) {
		c := b[i*size]
		if integers && size == 1 && (c == 0 || ' ' <= c && c <= '~') { // perhaps a text, which ends at the first zero
			d.begin()
			if c == 0 {
				d.end(`'\0'`)
				break
			}
			d.end("'%c'", c)
		} else if !d.show("", t.Type, b[i*size:], 0, 0) {
			return false
		}
	}
	d.depth--
	d.inArray = inArray
	d.begin()
	return d.end("]")
}

func (d *dump) members(all []btf.Member, b []byte) bool {
	d.depth++
	d.out.WriteByte('{')
	d.endLine()
	for _, m := range all {
		at := m.Offset.Bytes()
		if int(at) > len(b) || !d.show(m.Name, m.Type, b[at:], uint(m.Offset%8), uint(m.BitfieldSize)) {
			return false
		}
	}
	d.depth--
	d.begin()
	return d.end("}")
}

// bigEndian is the machine's byte order.
var bigEndian = native.Uint16([]byte{0, 1}) == 1

// number reads an integer of up to 8 bytes.
func number(b []byte) (n uint64) {
	for i := range b {
		if bigEndian {
			n = n<<8 | uint64(b[i])
		} else {
			n |= uint64(b[i]) << (8 * i)
		}
	}
	return n
}

func signed(n uint64, size int) int64 {
	shift := 64 - 8*size
	return int64(n<<shift) >> shift
}

// bitField reads one of a variable of a size, of which b may have only a part.
func bitField(b []byte, size int, start, bits uint) uint64 {
	whole := make([]byte, size)
	copy(whole, b)
	n := number(whole)
	if bigEndian {
		return n << (64 - uint(8*size) + start) >> (64 - bits)
	}
	return n << (64 - start - bits) >> (64 - bits)
}

// declare writes the type of what is declared as inner, without const and the like.
func declare(t btf.Type, inner string) string {
	keyword, name := "", ""
	switch t := btf.QualifiedType(t).(type) {
	case *btf.Pointer:
		inner = "*" + inner
		switch btf.QualifiedType(t.Target).(type) {
		case *btf.Array:
			inner = "(" + inner + ")"
		case *btf.FuncProto:
			inner = " (" + inner + ")"
		}
		return declare(t.Target, inner)
	case *btf.Array:
		return declare(t.Type, fmt.Sprintf("%s[%d]", inner, t.Nelems))
	case *btf.FuncProto:
		return declare(t.Return, inner+"("+parameters(t.Params)+")")
	case *btf.Struct:
		keyword, name = "struct", t.Name
	case *btf.Union:
		keyword, name = "union", t.Name
	case *btf.Enum:
		name = "enum " + t.Name
	case *btf.Fwd:
		keyword, name = t.Kind.String(), t.Name
	case *btf.Void:
		name = "void"
	default:
		name = t.TypeName()
	}
	if keyword != "" && name != "" {
		keyword += " "
	}
	if inner != "" && !strings.ContainsAny(inner[:1], "[( ") {
		inner = " " + inner
	}
	return keyword + name + inner
}

func parameters(all []btf.FuncParam) string {
	var out []string
	for i, p := range all {
		if _, void := p.Type.(*btf.Void); void && i == len(all)-1 && i > 0 {
			out = append(out, "...")
			continue
		}
		out = append(out, declare(p.Type, p.Name))
	}
	if len(out) == 0 {
		return "void"
	}
	return strings.Join(out, ", ")
}
