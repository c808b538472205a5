package ip

import (
	"path"
	"slices"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// filter says which links and addresses to show or flush.
type filter struct {
	dev      string // the link as it was named
	named    bool   // one was
	index    int    // its index, 0 for all
	up       bool
	down     bool
	kind     choice[string] // IFLA_INFO_KIND, or IFLA_INFO_SLAVE_KIND followed by "_slave"
	novf     bool           // without virtual functions
	group    *uint32
	master   int
	nomaster bool

	label    choice[string] // a pattern
	proto    choice[uint8]
	scope    *uint8
	to       *cli.Prefix
	flags    uint32 // IFA_F_…, of those in flagMask
	flagMask uint32
	family   int
}

// parseFilter reads the words of "show" and "flush".
func parseFilter(c *cli.Command) (*filter, error) {
	f := &filter{family: c.Family}
	for c.More() {
		word, err := c.Next()
		if err != nil {
			return nil, err
		}
		if ok, err := filterWord(c, f, word); ok || err != nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		explicit := word == "dev"
		if explicit {
			if word, err = c.Next(); err != nil {
				return nil, err
			}
		}
		switch {
		case f.named:
			return nil, cli.Garbage("dev", word)
		case strings.HasPrefix("help", word) && word != "" && !explicit:
			return nil, c.ShowUsage()
		}
		f.dev, f.named = word, true
	}
	if f.named {
		info := c.LinkNamed(f.dev)
		if info == nil {
			return nil, cli.NoSuchDevice(f.dev)
		}
		f.index = info.Index
	}
	return f, nil
}

// filterWord reads one selector; it is false where word is none.
func filterWord(c *cli.Command, f *filter, word string) (bool, error) {
	var err error
	switch word {
	case "up":
		f.up = true
	case "nomaster":
		f.nomaster = true
	case "down":
		f.down = true
	case "novf":
		f.novf = true
	case "type":
		err = nextWord(c, &f.kind)
	case "label":
		err = nextWord(c, &f.label)
	case "proto":
		var n uint64
		n, err = c.Uint(8, "\"proto\" value is invalid\n")
		f.proto.set(uint8(n))
	case "master":
		f.master, err = nextMaster(c, "Device does not exist\n", "")
	case "vrf":
		f.master, err = nextMaster(c, "Not a valid VRF name\n", "vrf")
	case "group":
		f.group, err = nextGroup(c)
	case "scope":
		err = nextScopeFilter(c, f)
	case "to":
		var p cli.Prefix
		p, err = c.NextPrefix(f.family)
		if f.family == uapi.AF_UNSPEC {
			f.family = p.Family
		}
		f.to = &p
	default:
		return f.flag(word), nil
	}
	return true, err
}

// nextWord takes any word for a selector.
func nextWord(c *cli.Command, v *choice[string]) error {
	word, err := c.Next()
	v.set(word)
	return err
}

// nextMaster takes the name of a link of a kind, or of any, that others are
// ports of.
func nextMaster(c *cli.Command, why, kind string) (int, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	info := c.LinkNamed(word)
	if info == nil || kind != "" && info.Kind != kind {
		return 0, desc.Wrong(word, why)
	}
	return info.Index, nil
}

func nextGroup(c *cli.Command) (*uint32, error) {
	word, err := c.Next()
	if err != nil {
		return nil, err
	}
	n, ok := c.Names.GroupNumber(word)
	if !ok {
		return nil, desc.Wrong(word, "Invalid \"group\" value\n")
	}
	return &n, nil
}

func nextScopeFilter(c *cli.Command, f *filter) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if word == "all" {
		f.scope = nil
		return nil
	}
	n, ok := c.Names.ScopeNumber(word)
	if !ok {
		return desc.Wrong(word, "invalid \"scope\"\n")
	}
	scope := uint8(n)
	f.scope = &scope
	return nil
}

// flag reads a word that selects addresses by a flag, with "-" those that lack
// it.
func (f *filter) flag(word string) bool {
	name, negative := strings.CutPrefix(word, "-")
	for _, flag := range addrFlags {
		if !slices.Contains(flag.names, name) {
			continue
		}
		f.flagMask |= flag.bit
		f.flags &^= flag.bit
		if negative == flag.inverse {
			f.flags |= flag.bit
		}
		return true
	}
	return false
}

// link reports whether a link is wanted.
func (f *filter) link(l *linkMessage) bool {
	switch {
	case f.index != 0 && int(l.ifi.Index) != f.index,
		f.up && l.ifi.Flags&uapi.IFF_UP == 0,
		f.down && l.ifi.Flags&uapi.IFF_UP != 0,
		f.group != nil && l.number(uapi.IFLA_GROUP) != *f.group,
		f.master != 0 && int(l.number(uapi.IFLA_MASTER)) != f.master:
		return false
	case !f.kind.given:
		return true
	}
	if port, ok := strings.CutSuffix(f.kind.value, "_slave"); ok {
		return l.portKind == port
	}
	return l.kind == f.kind.value && l.kind != ""
}

// linkDump is the request for all links that may be wanted: the kernel filters
// as far as it can.
func (f *filter) linkDump(family int, mask uint32) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	ifi := uapi.Ifinfomsg{Family: uint8(family)}
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	if family != uapi.AF_UNSPEC && family != uapi.AF_PACKET {
		return r // these take a bare header, under strict checking
	}
	r.Uint32(uapi.IFLA_EXT_MASK, mask)
	switch none := int32(-1); {
	case f.master != 0:
		r.Uint32(uapi.IFLA_MASTER, uint32(f.master))
	case f.nomaster:
		r.Int32(uapi.IFLA_MASTER, none) // Linux 5.15; readLinks does it for older ones
	}
	if kind := f.kind.value; kind != "" && !strings.HasSuffix(kind, "_slave") {
		r.Nest(uapi.IFLA_LINKINFO)
		r.String(uapi.IFLA_INFO_KIND, kind)
		r.End()
	}
	return r
}

// matchLabel reports whether a label matches a shell's pattern; what is no
// pattern matches itself.
func matchLabel(pattern, label string) bool {
	ok, err := path.Match(pattern, label)
	return ok && err == nil || pattern == label
}

// addrFlags are the words that select addresses by a flag.
var addrFlags = []struct {
	names   []string
	bit     uint32
	inverse bool // the words mean addresses that lack it
}{
	{names: []string{"permanent"}, bit: uapi.IFA_F_PERMANENT},
	{names: []string{"dynamic"}, bit: uapi.IFA_F_PERMANENT, inverse: true},
	{names: []string{"secondary", "temporary"}, bit: uapi.IFA_F_SECONDARY},
	{names: []string{"primary"}, bit: uapi.IFA_F_SECONDARY, inverse: true},
	{names: []string{"tentative"}, bit: uapi.IFA_F_TENTATIVE},
	{names: []string{"deprecated"}, bit: uapi.IFA_F_DEPRECATED},
	{names: []string{"dadfailed"}, bit: uapi.IFA_F_DADFAILED},
	{names: []string{"optimistic"}, bit: uapi.IFA_F_OPTIMISTIC},
	{names: []string{"home"}, bit: uapi.IFA_F_HOMEADDRESS},
	{names: []string{"nodad"}, bit: uapi.IFA_F_NODAD},
	{names: []string{"mngtmpaddr"}, bit: uapi.IFA_F_MANAGETEMPADDR},
	{names: []string{"noprefixroute"}, bit: uapi.IFA_F_NOPREFIXROUTE},
	{names: []string{"autojoin"}, bit: uapi.IFA_F_MCAUTOJOIN},
}
