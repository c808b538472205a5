package cli

import (
	"slices"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// complete returns what the last of words, which are those behind the program's name, may
// become. Devices and namespaces are the present ones.
func (s *Session) complete(words []string) []string {
	last := words[len(words)-1]
	words = words[:len(words)-1]
	var out []string
	add := func(more ...string) {
		for _, w := range more {
			if w != "" && strings.HasPrefix(w, last) && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	for len(words) != 0 && strings.HasPrefix(words[0], "-") {
		opt := s.Options.options().find(strings.TrimLeft(words[0], "-"))
		if opt != nil && opt.value != "" {
			if len(words) == 1 {
				add(s.optionValues(opt)...)
				return out
			}
			if opt.name == "netns" {
				if s.NS.IsOpen() {
					s.NS.Close()
				}
				if err := s.enter(words[1]); err != nil {
					return nil
				}
			}
			words = words[1:]
		}
		words = words[1:]
	}
	if len(words) == 0 {
		if strings.HasPrefix(last, "-") {
			table := s.Options.options()
			for i := range table {
				add(table.flag(&table[i]))
			}
			if !table.getopt() {
				add("-color")
			}
		}
		for _, o := range s.Objects() {
			add(o.Name)
		}
		return out
	}
	object := s.find(words[0])
	if object == nil || object.Usage == nil {
		return nil
	}
	if object.Program != nil {
		p := object.Program()
		s.Program, s.table = p, p.Options
		return s.complete(append(words[1:], last))
	}
	add(s.afterObject(object, words[1:])...)
	slices.Sort(out)
	return out
}

// find is the object that a word means, nil for none.
func (s *Session) find(word string) *Object {
	exact := slices.ContainsFunc(s.Objects(), func(o Object) bool { return o.Name == word })
	for _, o := range s.Objects() {
		if o.Name == word || !exact && abbreviates(word, o.Name) {
			return &o
		}
	}
	return nil
}

func (s *Session) optionValues(opt *option) []string {
	switch opt.name {
	case "netns":
		return namespaces()
	case "family":
		return []string{"inet", "inet6", "mpls", "bridge", "link"}
	}
	return nil
}

// afterObject are the words that may follow an object and words of it.
func (s *Session) afterObject(o *Object, words []string) []string {
	g := parseGrammar(o.Name, o.Usage())
	v := values{s: s, g: g, object: o.Name}
	if len(words) == 0 {
		for _, line := range g.lines {
			line.first(v.add)
		}
		v.add("help")
		return v.out
	}
	tails, previous := g.tails(words[0]), ""
	if len(words) > 1 {
		previous = words[len(words)-1]
	}
	if at := slices.Index(words, "type"); o.Kinds != nil && at >= 0 && at+1 < len(words) {
		if kind := o.Kinds(words[at+1]); kind != nil { // what follows is the kind's
			v.g = &grammar{defined: map[string]seq{linkOptions: {{alts: tails}}}}
			tails = []seq{parseSeq(strings.Join(kind, " "))}
			if len(words) == at+2 {
				previous = ""
			}
		}
	}
	v.keyword = previous
	due := false
	for _, tail := range tails {
		if previous != "" {
			due = v.g.values(tail, previous, map[string]bool{}, v.add) || due
		} else {
			tail.first(v.add)
		}
	}
	if due {
		return v.out
	}
	for _, tail := range tails {
		v.g.keywords(tail, map[string]bool{}, v.add)
	}
	return v.out
}

// values are candidates as words of a grammar give them.
type values struct {
	s       *Session
	g       *grammar
	object  string
	keyword string // whose value they are
	out     []string
}

// add takes a word of the grammar: itself, or what it stands for.
func (v *values) add(word string) {
	if !placeholder(word) {
		v.out = append(v.out, word)
		return
	}
	if def, ok := v.g.defined[word]; ok {
		defined := v.g.defined
		v.g = &grammar{defined: without(defined, word)} // a definition may name itself
		def.first(v.add)
		v.g = &grammar{lines: v.g.lines, defined: defined}
		return
	}
	v.out = append(v.out, v.s.stands(word, v.keyword, v.object)...)
}

func without(defined map[string]seq, name string) map[string]seq {
	out := map[string]seq{}
	for k, d := range defined {
		if k != name {
			out[k] = d
		}
	}
	return out
}

// stands are the names of this system that a word of a grammar stands for.
func (s *Session) stands(word, keyword, object string) []string {
	switch word {
	case "DEV", "DEVICE", "IFNAME", "DEVNAME", "PHYS_DEV", "BRIDGE", "VRF":
		return s.devices()
	case "NETNS", "NETNSNAME":
		return namespaces()
	case "NAME":
		switch {
		case keyword == "netns" || keyword == "link-netns" || object == "netns" || object == "topo":
			return namespaces()
		case keyword == "vrf" || object == "vrf":
			return s.devices()
		}
	}
	return nil
}

func (s *Session) devices() []string {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	(&uapi.Ifinfomsg{}).Put(r.Header(uapi.SizeofIfinfomsg))
	r.Uint32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_SKIP_STATS)
	messages, err := s.List(r)
	if err != nil {
		return nil // nobody reads an error here
	}
	var out []string
	for _, m := range messages {
		if len(m.Data) >= uapi.SizeofIfinfomsg {
			if name := desc.ParseAttrs(m.Data[uapi.SizeofIfinfomsg:])[uapi.IFLA_IFNAME]; len(name) > 1 {
				out = append(out, strings.TrimRight(string(name), "\x00"))
			}
		}
	}
	return out
}

func namespaces() []string {
	names, err := netns.List()
	if err != nil {
		return nil
	}
	return names
}
