package unix_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// madeFrom matches what a generated type says of itself.
var madeFrom = regexp.MustCompile(`^(\w+) is ((?:struct |union )?[\w.]+) of [\w/.-]+\.\n`)

// generated is the types of one architecture: Go's view of them, and the C type that each is made from.
type generated struct {
	pkg   *types.Package
	sizes types.Sizes
	from  map[string]string
}

func generatedTypes(t *testing.T, arch string) generated {
	t.Helper()
	linux, _ := abi.FindSystem("linux")
	return generatedTypesOf(t, linux, arch)
}

func generatedTypesOf(t *testing.T, s abi.System, arch string) generated {
	t.Helper()
	fset := token.NewFileSet()
	g := generated{sizes: types.SizesFor("gc", arch), from: map[string]string{}}
	if g.sizes == nil {
		g.sizes = types.SizesFor("gccgo", arch)
	}
	files := generatedFiles(t, fset, "ztypes", s, arch)
	for _, f := range files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.GenDecl)
			if !ok || d.Tok != token.TYPE {
				continue
			}
			if m := madeFrom.FindStringSubmatch(d.Doc.Text()); m != nil {
				g.from[m[1]] = m[2]
			}
		}
	}
	conf := types.Config{Sizes: g.sizes}
	var err error
	if g.pkg, err = conf.Check("unix", fset, files, nil); err != nil {
		t.Fatal(err)
	}
	return g
}

// needSources skips a test that reads the module's sources where a test binary runs without them.
func needSources(t *testing.T) {
	t.Helper()
	onKernel(t, "sources of the module")
	if _, err := os.Stat("../internal/abi/facts"); err != nil {
		t.Skip("feature sources of the module: the test runs away from them")
	}
}

func facts(t *testing.T) *abi.DB {
	t.Helper()
	needSources(t)
	db, err := abi.Read(filepath.FromSlash("../internal/abi/facts/linux"), abi.ArchNames(abi.Linux()))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// layoutOf follows typedefs to a structure or union.
func layoutOf(db *abi.DB, arch, expr string) *abi.Layout {
	for {
		typ, ok := db.Type(expr)
		if !ok || typ.On[arch] == nil {
			return nil
		}
		l := typ.On[arch]
		if typ.Kind != abi.Typedef {
			return l
		}
		if _, size, ok := abi.Anonymous(l.Target); ok {
			return &abi.Layout{Size: size, Fields: l.Fields}
		}
		expr = l.Target
	}
}

// TestStructuresHaveTheLayoutOfC compares every generated structure with the facts, on every architecture: it has
// the C type's size, every exported field starts and ends where a C member does (or is in padding), and
// no C member that programs may use is left out.
func TestStructuresHaveTheLayoutOfC(t *testing.T) {
	db := facts(t)
	for _, a := range abi.Linux() {
		g := generatedTypes(t, a.Name)
		compared := 0
		for _, name := range g.pkg.Scope().Names() {
			typ, ok := g.pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || g.from[name] == "" {
				continue
			}
			arch := a.Name
			if other := foreign[name]; other != "" {
				arch = other
			}
			l := layoutOf(db, arch, g.from[name])
			if l == nil {
				t.Errorf("%s: %s is made from %s, which is not among the facts", a.Name, name, g.from[name])
				continue
			}
			compared++
			if err := sameLayout(db, arch, g.sizes, typ.Type(), l); err != nil && otherLayout[name] == "" {
				t.Errorf("%s: %s, made from %s: %v", a.Name, name, g.from[name], err)
			}
		}
		if compared < 200 {
			t.Errorf("%s: only %d structures were compared", a.Name, compared)
		}
	}
}

// otherLayout says why a type has not quite the layout of C.
var otherLayout = map[string]string{
	"DmNameList":              "Go pads behind the empty array at the end",
	"EpollEvent":              "the data, a union, is Fd and Pad in Go",
	"LandlockPathBeneathAttr": "packed in C; the kernel copies it from any address",
	"UffdMsg":                 "packed in C; the kernel copies it to any address",
}

// foreign names the types that have the layout of another architecture.
var foreign = map[string]string{
	"PtraceRegs386": "386", "PtraceRegsAmd64": "amd64", "PtraceRegsArm": "arm", "PtraceRegsArm64": "arm64",
	"PtraceRegsMips": "mips", "PtraceRegsMipsle": "mipsle", "PtraceRegsMips64": "mips64",
	"PtraceRegsMips64le": "mips64le",
}

// shaped says why a field is not what the kernel has.
var shaped = map[string]string{
	"SockaddrStorage.Data": "programs know it without the last word, which pads for the alignment",
	"Ustat_t.Tfree":        "programs know an int32 on every architecture, MIPS has a long",
	"Statfs_t.Spare":       "programs know four, S/390 has five",
}

// extent is the bytes of a C member.
type extent struct {
	name       string
	start, end int64
}

func sameLayout(db *abi.DB, arch string, sizes types.Sizes, typ types.Type, l *abi.Layout) error {
	size := sizes.Sizeof(typ)
	s, ok := typ.Underlying().(*types.Struct)
	if !ok {
		if size != l.Size {
			return fmt.Errorf("%d bytes in Go, %d in C", size, l.Size)
		}
		return nil
	}
	if l.Align > 0 && l.Align%sizes.Alignof(typ) != 0 {
		return fmt.Errorf("aligned to %d in Go, to %d in C", sizes.Alignof(typ), l.Align)
	}
	members, err := extents(db, arch, l.Fields, 0)
	if err != nil {
		return err
	}
	var fields []*types.Var
	for f := range s.Fields() {
		fields = append(fields, f)
	}
	var exported []extent
	for i, offset := range sizes.Offsetsof(fields) {
		if f := fields[i]; f.Exported() {
			exported = append(exported, extent{f.Name(), offset, offset + sizes.Sizeof(f.Type())})
		}
	}
	grown := size > l.Size && len(exported) > 0 && exported[len(exported)-1].end > l.Size
	if size != l.Size && !grown {
		return fmt.Errorf("%d bytes in Go, %d in C", size, l.Size)
	}
	for _, f := range exported {
		if shaped[fmt.Sprint(typ.(*types.Named).Obj().Name(), ".", f.name)] != "" {
			continue
		}
		at := func(ok func(extent) bool) bool { return slices.ContainsFunc(members, ok) }
		inside := func(o int64) bool { return at(func(m extent) bool { return m.start <= o && o < m.end }) }
		if !at(func(m extent) bool { return m.start == f.start }) && inside(f.start) {
			return fmt.Errorf("field %s starts inside a member, at %d", f.name, f.start)
		}
		if f.end > f.start && !at(func(m extent) bool { return m.end == f.end }) && inside(f.end-1) {
			return fmt.Errorf("field %s ends inside a member, at %d", f.name, f.end)
		}
	}
	for _, f := range l.Fields {
		if f.Bits > 0 || f.Name == "" || strings.HasPrefix(f.Name, "_") || hidden.MatchString(f.Name) {
			continue
		}
		if !slices.ContainsFunc(exported, func(e extent) bool {
			return e.start <= f.Offset &&
				f.Offset < max(e.end, e.start+1)
		}) {
			if n, err := sizeOf(db, arch, f.Type); err == nil && n > 0 {
				return fmt.Errorf("no field for %s at %d", f.Name, f.Offset)
			}
		}
	}
	return nil
}

// hidden matches the members that hold nothing for programs.
var hidden = regexp.MustCompile(`(?i)(pad|unused|resv|rsv|reserved|spare|f_)`)

// extents returns where the members of a structure are, and those of structures and unions in it.
func extents(db *abi.DB, arch string, fields []abi.Field, base int64) ([]extent, error) {
	var out []extent
	for _, f := range fields {
		if f.Bits > 0 {
			continue
		}
		size, err := sizeOf(db, arch, f.Type)
		if err != nil {
			return nil, err
		}
		out = append(out, extent{f.Name, base + f.Offset, base + f.Offset + size})
		inner := f.Members
		if l := layoutOf(db, arch, f.Type); l != nil {
			inner = l.Fields
		}
		more, err := extents(db, arch, inner, base+f.Offset)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func sizeOf(db *abi.DB, arch, expr string) (int64, error) {
	if rest, ok := strings.CutPrefix(expr, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		if n == "" {
			return 0, nil
		}
		count, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return 0, err
		}
		size, err := sizeOf(db, arch, elem)
		return count * size, err
	}
	if strings.HasPrefix(expr, "*") {
		return int64(abi.Linux()[slices.Index(abi.ArchNames(abi.Linux()), arch)].Word), nil
	}
	if _, size, ok := abi.Anonymous(expr); ok {
		return size, nil
	}
	typ, ok := db.Type(expr)
	if !ok || typ.On[arch] == nil {
		return 0, fmt.Errorf("%s is not among the facts", expr)
	}
	if typ.Kind == abi.Typedef {
		return sizeOf(db, arch, typ.On[arch].Target)
	}
	return typ.On[arch].Size, nil
}

// TestStructuresAgreeWithTheKernel compares the facts that the types are made from with what the running kernel says
// of the structures of the same names.
func TestStructuresAgreeWithTheKernel(t *testing.T) {
	if arch, err := os.ReadFile("/proc/sys/kernel/arch"); err == nil &&
		!slices.Contains(machines[runtime.GOARCH], strings.TrimSpace(string(arch))) {
		t.Skipf("the running kernel's architecture is %s", arch)
	}
	kernel, err := readBTF("/sys/kernel/btf/vmlinux")
	if err != nil {
		t.Skipf("feature BTF: %v", err)
	}
	db, compared := facts(t), 0
	from := generatedTypes(t, runtime.GOARCH).from
	for name, ctype := range from {
		tag, ok := strings.CutPrefix(ctype, "struct ")
		if !ok || foreign[name] != "" || otherInKernel[tag] != "" || otherInKernel[runtime.GOARCH+" "+tag] != "" {
			continue
		}
		l := layoutOf(db, runtime.GOARCH, ctype)
		for i, s := range kernel[tag] {
			err := sameAsKernel(s, l)
			if err == nil {
				compared++
				break
			}
			if i == len(kernel[tag])-1 {
				t.Errorf("%s of the running kernel: %v", ctype, err)
			}
		}
	}
	t.Logf("%d structures compared", compared)
	if compared < 50 {
		t.Errorf("only %d of %d structures were compared", compared, len(from))
	}
}

// machines are the names that kernels of an architecture have for it.
var machines = map[string][]string{
	"386": {"i386", "i486", "i586", "i686"}, "amd64": {"x86_64"}, "arm": {"armv5tel", "armv6l", "armv7l"},
	"arm64":   {"aarch64"},
	"loong64": {"loongarch64"}, "mips": {"mips"}, "mipsle": {"mips"}, "mips64": {"mips64"}, "mips64le": {"mips64"},
	"ppc64": {"ppc64"}, "ppc64le": {"ppc64le"}, "riscv64": {"riscv64"}, "s390x": {"s390x"},
}

// otherInKernel says why the kernel's own structure of a name, or of an architecture and a name, is not the one that
// programs see.
var otherInKernel = map[string]string{
	"rseq":         "its end is where that of the kernel's version is",
	"sockaddr":     "the kernel's holds longer addresses",
	"sockaddr_any": "ours",

	"s390x ustat": "the kernel's inode number has 32 bits, those of the headers and of x/sys 64",

	"__kernel_sockaddr_storage": "the kernel's has no union",
}

// reserved matches members out of which newer versions take others.
var reserved = regexp.MustCompile(`^_*(rsv|resv|reserved|spare|pad)[0-9]*$`)

// sameAsKernel compares the members that both have: the kernel that runs is older or newer than the headers.
func sameAsKernel(s btfStruct, l *abi.Layout) error {
	both := 0
	for _, f := range named(l.Fields, 0) {
		offset, ok := s.members[f.Name]
		if !ok {
			continue
		}
		if offset != f.Offset && !reserved.MatchString(f.Name) {
			return fmt.Errorf("%s is at %d, the headers have it at %d", f.Name, offset, f.Offset)
		}
		both++
	}
	if both == 0 {
		return fmt.Errorf("no member has the name of one in the headers")
	}
	return nil
}

// named returns the members that have names, and those of structures and unions that have none, without bit fields.
func named(fields []abi.Field, base int64) []abi.Field {
	var out []abi.Field
	for _, f := range fields {
		if f.Name == "" {
			out = append(out, named(f.Members, base+f.Offset)...)
		} else if f.Bits == 0 {
			f.Offset += base
			out = append(out, f)
		}
	}
	return out
}
