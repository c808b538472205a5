package desc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/netlink/wire"
)

// Args are the words of a command that are still to be read.
type Args struct {
	Rest []string
	last string // the word taken last, for messages

	// Names are the names of numbers.
	Names *Names
	// LinkIndex finds a link by name, for values that name one.
	LinkIndex func(name string) (int, error)
	// SetIndex finds a set of ipset(8) by name.
	SetIndex func(name string) (uint16, error)
	// LinkOptions reads the options that ip link add has for links of all kinds
	// (name NAME, mtu BYTES, netns NAME, …) into attributes of e, and returns the
	// header that precedes them, a struct ifinfomsg. It serves kinds that create
	// two links at once, such as veth.
	LinkOptions func(in *Args, e *wire.Encoder) (header wire.Putter, err error)
	// Present returns the kind's attributes of the object that is being changed. It
	// asks the kernel when it is called; nil means that the object is being created.
	Present func() (Attrs, error)
	// Tc is the object of traffic control whose options are read.
	Tc *Tc
	// Action describes a kind of action, nil for one that is not known.
	Action func(kind string) *Kind
	// OpenProgram opens a pinned BPF program, or loads that of an object file, and may note the verifier's log in it.
	OpenProgram func(*BpfProgram) (fd int, err error)
	// Warn shows the user a warning; nil drops it.
	Warn func(text string)

	kind    *Kind // the kind that Read parses
	from    int   // where in the encoder its attributes begin
	scratch any   // see Scratch
}

// More reports whether words are left.
func (a *Args) More() bool { return len(a.Rest) != 0 }

// Peek returns the next word without taking it, "" at the end.
func (a *Args) Peek() string {
	if len(a.Rest) == 0 {
		return ""
	}
	return a.Rest[0]
}

// Next takes the next word; it is an error if there is none.
func (a *Args) Next() (string, error) {
	if len(a.Rest) == 0 {
		return "", Incomplete()
	}
	a.last, a.Rest = a.Rest[0], a.Rest[1:]
	return a.last, nil
}

// Last returns the word taken last.
func (a *Args) Last() string { return a.last }

// Take takes the next word if it is one of words, unabbreviated.
func (a *Args) Take(words ...string) bool {
	if !a.More() || !slices.Contains(words, a.Rest[0]) {
		return false
	}
	a.last, a.Rest = a.Rest[0], a.Rest[1:]
	return true
}

// TakeAbbr takes the next word if it is one of words or begins one. The empty word begins none.
func (a *Args) TakeAbbr(words ...string) bool {
	if a.Peek() == "" || !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, a.Rest[0]) }) {
		return false
	}
	a.last, a.Rest = a.Rest[0], a.Rest[1:]
	return true
}

// Uint takes a number of the given width, in any base that strconv knows by its
// prefix; why is what the error says of another word.
func (a *Args) Uint(bits int, why string) (uint64, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, err := ParseUint(s, bits)
	if err != nil {
		return 0, Wrong(s, why)
	}
	return v, nil
}

// Int takes a signed number of the given width, see [Args.Uint].
func (a *Args) Int(bits int, why string) (int64, error) {
	s, err := a.Next()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(s, 0, bits)
	if err != nil {
		return 0, Wrong(s, why)
	}
	return v, nil
}

// OnOff takes "on" or "off".
func (a *Args) OnOff(keyword string) (bool, error) {
	s, err := a.Next()
	switch {
	case err != nil:
		return false, err
	case s == "on":
		return true, nil
	case s == "off":
		return false, nil
	}
	return false, &UsageError{Text: fmt.Sprintf("Error: argument of %q must be \"on\" or \"off\", not %q", keyword, s),
		Status: 1}
}

// ParseUint reads a number as C's strtoul does with base 0: 10, 0x1f, 017.
func ParseUint(s string, bits int) (uint64, error) {
	if strings.ContainsAny(s, "_oObB") && !strings.HasPrefix(s, "0x") && !strings.HasPrefix(s, "0X") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseUint(strings.ReplaceAll(s, "_", "?"), 0, bits)
}

// ParseHex reads a number as C's strtoul does with base 16: 1f, 0x1f.
func ParseHex(s string, bits int) (uint64, error) {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "0x"), "0X")
	return strconv.ParseUint(s, 16, bits)
}

// Read parses the words at the beginning of in that k describes, into attributes of e, and leaves
// out k.Complete. It stops before the first word that is none of the fields' keywords. Keywords may
// be abbreviated; of several that fit the one of the first field is meant.
func Read(in *Args, k *Kind, e *wire.Encoder) error {
	in.kind, in.from, in.scratch = k, len(e.Bytes()), nil
	if k.Header != 0 {
		e.Raw(k.Header)
	}
	if k.First != nil {
		if err := k.First(in, e); err != nil {
			return err
		}
	}
	var given []*Field
	for in.More() {
		f, keyword := find(k, in.Peek())
		if f == nil {
			return nil
		}
		in.last, in.Rest = keyword, in.Rest[1:]
		if k.Once {
			if slices.Contains(given, f) {
				return f.again(in)
			}
			given = append(given, f)
		}
		read := f.Read
		if read == nil {
			read = f.notation().Read
		}
		if err := read(in, f, e); err != nil {
			return err
		}
	}
	return nil
}

// again is the error for a keyword that was given before: the word that it has does not belong anywhere.
func (f *Field) again(in *Args) error {
	keyword := in.last
	if f.Usage == "" && f.notation().Usage == "" && f.Names == nil { // it has none
		return Garbage(keyword, keyword)
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	return Garbage(keyword, word)
}

// ReadNested is Read and then k.Complete, for a kind inside another one, whose words go on
// afterwards. create is for Complete.
func ReadNested(in *Args, k *Kind, e *wire.Encoder, create bool) error {
	return readNested(in, k, e, create, nil)
}

// ReadTc is [ReadNested] for a kind of traffic control, which the words call name. The word "help" in the place of a
// keyword is answered by an error with the grammar and that exit status, whether or not the words before it are all.
func ReadTc(in *Args, name string, k *Kind, e *wire.Encoder, create bool, status int) error {
	return readNested(in, k, e, create, func() error { return &UsageError{Text: UsageText(name, k), Status: status} })
}

func readNested(in *Args, k *Kind, e *wire.Encoder, create bool, help func() error) error {
	kind, from, scratch := in.kind, in.from, in.scratch
	defer func() { in.kind, in.from, in.scratch = kind, from, scratch }()
	if help != nil && in.Peek() == "help" {
		return help()
	}
	if err := Read(in, k, e); err != nil {
		return err
	}
	switch {
	case help != nil && in.Peek() == "help":
		return help()
	case k.Complete != nil:
		return k.Complete(in, e, create)
	}
	return nil
}

// Written returns the payload of the attribute typ that earlier words of the
// same Read made, nil if there is none; with the type [Header] the structure before
// the attributes. It shares the encoder's memory until something is appended.
func (a *Args) Written(e *wire.Encoder, typ uint16) []byte {
	if a.kind == nil {
		return ParseAttrs(e.Bytes()[a.from:])[typ]
	}
	return a.kind.parse(e.Bytes()[a.from:])[typ]
}

// Scratch returns the notes of one Read, which later words and Complete use: a T that is
// zero at first.
func Scratch[T any](a *Args) *T {
	if s, ok := a.scratch.(*T); ok {
		return s
	}
	s := new(T)
	a.scratch = s
	return s
}

// find returns the field that word is a keyword of, and the keyword in full.
func find(k *Kind, word string) (*Field, string) {
	var abbreviated *Field
	var full string
	for i := range k.Fields {
		f := &k.Fields[i]
		if !f.reads() {
			continue
		}
		for _, w := range f.words() {
			if w == word {
				return f, w
			}
			if abbreviated == nil && word != "" && !k.Exact && !f.Exact && strings.HasPrefix(w, word) {
				abbreviated, full = f, w
			}
		}
	}
	return abbreviated, full
}

// reads reports whether the field can be given.
func (f *Field) reads() bool { return !f.ReadOnly && (f.Read != nil || f.notation().Read != nil) }

// words are all keywords of the field.
func (f *Field) words() []string {
	words := append([]string{f.word()}, f.Words...)
	if f.notation().No {
		words = append(words, "no"+f.word())
	}
	return words
}

// UsageText is the grammar of a kind of traffic control, as an answer to "help".
func UsageText(name string, k *Kind) string {
	return fmt.Sprintf("Usage: ... %s %s", name, strings.Join(Usage(k), "\n       "))
}

// Usage returns the grammar of k, one element a keyword: "[ id VLANID ]".
func Usage(k *Kind) []string {
	var out []string
	if k.FirstUsage != "" {
		out = append(out, k.FirstUsage)
	}
	for i := range k.Fields {
		f := &k.Fields[i]
		if !f.reads() {
			continue
		}
		u := f.Usage
		if u == "" {
			u = f.notation().Usage
		}
		if u == "" && f.Names != nil {
			named := slices.DeleteFunc(slices.Clone(f.Names), func(name string) bool { return name == "" })
			u = "{ " + strings.Join(named, " | ") + " }"
		}
		words := f.words()
		word := words[0]
		if at := slices.Index(words, "no"+word); at > 0 {
			words = slices.Delete(words, at, at+1)
			word = "[no]" + word
		}
		// Words that stand for a value of the first are named there: flag { nopromisc | … }.
		words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(strings.Fields(u), w) })
		if len(words) > 1 {
			word = "{ " + strings.Join(append([]string{word}, words[1:]...), " | ") + " }"
		}
		out = append(out, strings.TrimSpace("[ "+word+" "+u)+" ]")
	}
	return out
}
