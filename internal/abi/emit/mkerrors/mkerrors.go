// Package mkerrors makes the constants of package unix: unix/zerrors_SYSTEM.go has what all architectures share,
// unix/zerrors_SYSTEM_GOARCH.go the rest. Error numbers and signals have types of their own.
package mkerrors

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

type class struct{ name, doc, typ, table string }

// classes are the kinds of constants, in the order in which a file has them.
var classes = []class{
	{"const", "", "", ""},
	{"errno", "// Errors.\n", "syscall.Errno", "errorList"},
	{"signal", "// Signals.\n", "syscall.Signal", "signalList"},
}

// Generate returns the files. The list has these lines:
//
//	const HEADER [REGEXP] [!REGEXP]     constants
//	errno HEADER [REGEXP] [!REGEXP]     error numbers
//	signal HEADER [REGEXP] [!REGEXP]    signals
//	set NAME VALUE [ARCH,ARCH...]       what a constant is instead, or besides, of what the headers say; errno:NAME, signal:NAME
//	masks PREFIX                        constants PREFIX0 to PREFIX63: what each bit field of a 64-bit word is, in C's order
//	bit NAME[:GOTYPE] TYPE FIELD [N]    bit N of a bit field of a C type ("struct:perf_event_attr"), in its 64-bit word
func Generate(db *abi.DB, s abi.System, list []gen.Line) (map[string][]byte, error) {
	lines := map[string][]gen.Line{}
	var sets, bits []gen.Line
	for _, l := range list {
		kind := l.Words[0]
		rest := gen.Line{Words: l.Words[1:], Where: l.Where}
		switch {
		case len(rest.Words) == 0:
			return nil, l.Errorf("%s of what?", kind)
		case kind == "set":
			sets = append(sets, rest)
		case kind == "masks" || kind == "bit":
			bits = append(bits, l)
		case kind == "const" || kind == "errno" || kind == "signal":
			lines[kind] = append(lines[kind], rest)
		default:
			return nil, l.Errorf("unknown %q", kind)
		}
	}
	archs := s.Archs
	names := abi.ArchNames(archs)
	decls := map[string][]gen.Decl{}
	seen := map[string]string{}
	all := map[string][]gen.Const{}
	for _, class := range classes {
		selected, err := gen.Select(db, lines[class.name])
		if err != nil {
			return nil, err
		}
		all[class.name] = selected
	}
	set := map[string]string{}
	for _, l := range sets {
		if err := override(db, all, names, l, set); err != nil {
			return nil, l.Errorf("%w", err)
		}
	}
	types := map[string]string{}
	for _, l := range bits {
		made, err := bitFields(db, archs, l, types)
		if err != nil {
			return nil, l.Errorf("%w", err)
		}
		all["const"] = append(all["const"], made...)
	}
	for _, class := range classes {
		selected := gen.SortConsts(all[class.name])
		var errs []error
		for _, c := range selected {
			if other, ok := seen[c.Name]; ok {
				errs = append(errs, fmt.Errorf("%s: %s is a %s here and a %s", c.Where, c.Name, class.name, other))
			}
			seen[c.Name] = class.name + " in " + c.Where
			d := gen.Decl{Key: c.Name, On: map[string]string{}}
			for _, a := range names {
				v, ok := c.On[a]
				if !ok {
					continue
				}
				lit, err := gen.Literal(c.Kind, v)
				if err != nil {
					errs = append(errs, fmt.Errorf("%s: constant %s on %s: %w", c.Where, c.Name, a, err))
				}
				if typ := cmp.Or(class.typ, types[c.Name]); typ != "" {
					lit = typ + "(" + lit + ")"
				}
				d.On[a] = c.Name + " = " + lit
			}
			decls[class.name] = append(decls[class.name], d)
		}
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
	}
	return write(s, decls, all)
}

func write(s abi.System, decls map[string][]gen.Decl, all map[string][]gen.Const) (map[string][]byte, error) {
	names := abi.ArchNames(s.Archs)
	bodies := map[string]*strings.Builder{"": {}}
	for _, a := range names {
		bodies[a] = &strings.Builder{}
	}
	if len(names) == 1 { // its file has all
		bodies[names[0]] = bodies[""]
	}
	for _, class := range classes {
		common, rest := gen.Hoist(names, decls[class.name])
		gen.Block(bodies[""], class.doc+"const", names[0], common)
		for _, a := range names {
			gen.Block(bodies[a], class.doc+"const", a, rest[a])
		}
		if class.table != "" && len(all[class.name]) > 0 { // a system that extends another has its errors
			tables(bodies, names, class.table, class.typ, all[class.name])
		}
	}
	files := map[string][]byte{}
	for a, body := range bodies {
		name, constraint := gen.FileName("zerrors", s, a)
		text := body.String()
		if strings.Contains(text, "syscall.") {
			text = "import \"syscall\"\n\n" + text
		}
		file, err := gen.File(constraint, "unix", text)
		if err != nil {
			return nil, err
		}
		files[name] = file
	}
	return files, nil
}

// override applies a line NAME VALUE [ARCH,...]. VALUE is a number or a character as Go writes them, or the
// name of another constant. A new name is of that one's class. set remembers which lines did what.
func override(db *abi.DB, all map[string][]gen.Const, archs []string, l gen.Line, set map[string]string) error {
	if len(l.Words) < 2 || len(l.Words) > 3 {
		return fmt.Errorf("want name, value and architectures")
	}
	on := archs
	if len(l.Words) == 3 {
		on = strings.Split(l.Words[2], ",")
	}
	name, text := l.Words[0], l.Words[1]
	kind, name, given := strings.Cut(name, ":")
	if !given {
		kind, name = classes[0].name, kind
	}
	if !slices.ContainsFunc(classes, func(c class) bool { return c.name == kind }) {
		return fmt.Errorf("unknown %q", kind)
	}
	if !gen.Exported(name) {
		return fmt.Errorf("%q is no name that Go exports", name)
	}
	source, class := find(all, text)
	if hidden := db.Const(text); source == nil && len(hidden) == 1 {
		// One that Go can't export, or that isn't selected.
		source, class = &gen.Const{Name: text, Kind: hidden[0].Kind, On: hidden[0].On}, classes[0].name
	}
	target, old := find(all, name)
	switch {
	case target == nil:
		if source == nil || given {
			class = kind
		}
		all[class] = append(all[class], gen.Const{Name: name, Kind: abi.Int, On: map[string]string{}, Where: l.Where})
		target = &all[class][len(all[class])-1]
		if s, _ := find(all, text); s != nil {
			source = s // it may have moved
		}
	case source != nil && class != old:
		return fmt.Errorf("%s is of kind %s, %s of kind %s", name, old, text, class)
	}
	for _, a := range on {
		if !slices.Contains(archs, a) {
			return fmt.Errorf("unknown architecture %q", a)
		}
		if other := set[name+" "+a]; other != "" {
			return fmt.Errorf("%s is set on %s in %s", name, a, other)
		}
		set[name+" "+a] = l.Where
		value := ""
		if source != nil && source.On[a] != "" {
			value, target.Kind = source.On[a], source.Kind
		} else if n, err := strconv.ParseInt(text, 0, 64); err == nil {
			value = strconv.FormatInt(n, 10)
		} else if n, err := strconv.ParseUint(text, 0, 64); err == nil {
			value = strconv.FormatUint(n, 10)
		} else if r, err := strconv.Unquote(text); err == nil && text[0] == '\'' {
			target.Kind, value = gen.Rune, strconv.QuoteRune([]rune(r)[0])
		} else {
			return fmt.Errorf("%q is no number and no constant of %s", text, a)
		}
		if target.On[a] == value {
			return fmt.Errorf("%s is %s on %s anyway", name, value, a)
		}
		target.On[a] = value
	}
	return nil
}

// find returns a constant and its class, nil if there is none of that name.
func find(all map[string][]gen.Const, name string) (*gen.Const, string) {
	for _, class := range classes {
		if i := slices.IndexFunc(all[class.name], func(c gen.Const) bool { return c.Name == name }); i >= 0 {
			return &all[class.name][i], class.name
		}
	}
	return nil, ""
}
