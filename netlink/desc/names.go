package desc

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// Names are the tables in /etc/iproute2 that give numbers names, each read from its
// files when it is first needed. The zero value is ready; it is for one goroutine.
type Names struct {
	Numeric bool // numbers are shown as they are: ip -Numeric

	tables   nameTable // routing tables
	protos   nameTable // who made a route
	scopes   nameTable
	realms   nameTable
	dsfields nameTable
	groups   nameTable // of links
	reasons  nameTable // of protodown, by bit

	addrProtos nameTable // what made an address
	pinDirs    nameTable // of BPF maps
}

// nameTable is one of them.
type nameTable struct {
	read     bool
	byNumber map[uint32]string
	byName   map[string]uint32
}

// nameDirs are where the tables are looked for; the first that has a file
// serves, and the files in FILE.d beside it add to it.
var nameDirs = []string{"/etc/iproute2", "/usr/share/iproute2", "/usr/lib/iproute2"}

// load reads the table from file on top of what is built in.
func (t *nameTable) load(file string, builtin map[uint32]string) {
	if t.read {
		return
	}
	t.read = true
	t.byNumber, t.byName = map[uint32]string{}, map[string]uint32{}
	for n, name := range builtin {
		t.byNumber[n], t.byName[name] = name, n
	}
	for _, dir := range nameDirs {
		if err := t.readFile(filepath.Join(dir, file)); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	for _, dir := range nameDirs {
		more, _ := filepath.Glob(filepath.Join(dir, file+".d", "*.conf")) // the pattern is well-formed
		sort.Strings(more)
		for _, f := range more {
			_ = t.readFile(f) // as with the table itself, what cannot be read names nothing
		}
	}
}

// readFile reads lines of a number and a name; others are skipped.
func (t *nameTable) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) != 2 {
			continue
		}
		n, err := ParseUint(words[0], 32)
		if err != nil {
			continue
		}
		t.byNumber[uint32(n)], t.byName[words[1]] = words[1], uint32(n)
	}
	return lines.Err()
}

// name is the name of n, or n in decimal.
func (t *nameTable) name(n uint32, numeric bool) string {
	if name, ok := t.byNumber[n]; ok && !numeric {
		return name
	}
	return strconv.FormatUint(uint64(n), 10)
}

// number is the number that a word names or is.
func (t *nameTable) number(word string, bits int) (uint32, bool) {
	if n, ok := t.byName[word]; ok {
		return n, true
	}
	n, err := ParseUint(word, bits)
	return uint32(n), err == nil
}

func (ns *Names) table() *nameTable {
	ns.tables.load("rt_tables", map[uint32]string{255: "local", 254: "main", 253: "default"})
	return &ns.tables
}

func (ns *Names) proto() *nameTable {
	ns.protos.load("rt_protos", map[uint32]string{
		0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra",
		10: "mrt", 11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp",
		18: "keepalived", 42: "babel", 186: "bgp", 187: "isis", 188: "ospf", 189: "rip", 192: "eigrp",
	})
	return &ns.protos
}

// PinDir is the directory in a BPF file system that maps of object files name by a number (bpf_pinning).
func (ns *Names) PinDir(n uint32) (string, bool) {
	ns.pinDirs.load("bpf_pinning", nil)
	dir, ok := ns.pinDirs.byNumber[n]
	return dir, ok
}

func (ns *Names) scope() *nameTable {
	ns.scopes.load("rt_scopes", map[uint32]string{
		0: "global", 255: "nowhere", 254: "host", 253: "link", 200: "site",
	})
	return &ns.scopes
}

func (ns *Names) realm() *nameTable {
	ns.realms.load("rt_realms", map[uint32]string{0: "unknown"})
	return &ns.realms
}

func (ns *Names) dsfield() *nameTable {
	ns.dsfields.load("rt_dsfield", map[uint32]string{0: "0"})
	return &ns.dsfields
}

func (ns *Names) group() *nameTable {
	ns.groups.load("group", map[uint32]string{0: "default"})
	return &ns.groups
}

func (ns *Names) protoDown() *nameTable {
	ns.reasons.load("protodown_reasons", nil)
	return &ns.reasons
}

// TableName is the name of a routing table (rt_tables), or its number where it has none.
func (ns *Names) TableName(n uint32) string { return ns.table().name(n, ns.Numeric) }

// ProtoName is the name of who made a route (rt_protos), or its number.
func (ns *Names) ProtoName(n uint8) string { return ns.proto().name(uint32(n), ns.Numeric) }

// ScopeName is the name of a scope (rt_scopes), or its number.
func (ns *Names) ScopeName(n uint8) string { return ns.scope().name(uint32(n), ns.Numeric) }

// RealmName is the name of a realm (rt_realms), or its number.
func (ns *Names) RealmName(n uint16) string { return ns.realm().name(uint32(n), ns.Numeric) }

// GroupName is the name of a group of links (group), or its number.
func (ns *Names) GroupName(n uint32) string { return ns.group().name(n, ns.Numeric) }

// ProtoDownName is the name of a reason to hold a link down (protodown_reasons), or the number of its bit.
func (ns *Names) ProtoDownName(n uint32) string { return ns.protoDown().name(n, ns.Numeric) }

// TableNumber reads the name or number of a routing table.
func (ns *Names) TableNumber(word string) (uint32, bool) { return ns.table().number(word, 32) }

// ProtoNumber reads the name or number of who made a route.
func (ns *Names) ProtoNumber(word string) (uint32, bool) { return ns.proto().number(word, 8) }

// ScopeNumber reads the name or number of a scope.
func (ns *Names) ScopeNumber(word string) (uint32, bool) { return ns.scope().number(word, 8) }

// RealmNumber reads the name or number of a realm.
func (ns *Names) RealmNumber(word string) (uint32, bool) { return ns.realm().number(word, 16) }

// GroupNumber reads the name or number of a group of links.
func (ns *Names) GroupNumber(word string) (uint32, bool) { return ns.group().number(word, 32) }

// ProtoDownNumber reads the name of a reason to hold a link down, or the number of its bit.
func (ns *Names) ProtoDownNumber(word string) (uint32, bool) { return ns.protoDown().number(word, 5) }

// DsfieldName is the name of a TOS byte, or the byte as 0x10.
func (ns *Names) DsfieldName(n uint8) string {
	if name, ok := ns.dsfield().byNumber[uint32(n)]; ok && !ns.Numeric {
		return name
	}
	return "0x" + strconv.FormatUint(uint64(n)|0x100, 16)[1:]
}

// DsfieldNumber reads a name of rt_dsfield or a byte in hexadecimal.
func (ns *Names) DsfieldNumber(word string) (uint8, bool) {
	if n, ok := ns.dsfield().byName[word]; ok {
		return uint8(n), true
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(word, "0x"), 16, 8)
	return uint8(n), err == nil
}

// DSCPName is the name of the DS field with a code point, or the code point.
func (ns *Names) DSCPName(n uint8) string {
	if name, ok := ns.dsfield().byNumber[uint32(n)<<2]; ok && !ns.Numeric {
		return name
	}
	return strconv.Itoa(int(n))
}

// DSCPNumber reads a code point, or the name of the DS field with it.
func (ns *Names) DSCPNumber(word string) (uint8, bool) {
	if n, err := ParseUint(word, 32); err == nil {
		return uint8(n), n <= 1<<8-1
	}
	n, ok := ns.DsfieldNumber(word)
	return n >> 2, ok
}

// AddrProtoName is the name of what made an address (rt_addrprotos), or its
// number as 0x10.
func (ns *Names) AddrProtoName(n uint8) string {
	if name, ok := ns.addrProto().byNumber[uint32(n)]; ok && !ns.Numeric {
		return name
	}
	if n == 0 {
		return "0"
	}
	return "0x" + strconv.FormatUint(uint64(n), 16)
}

// AddrProtoNumber reads a name of rt_addrprotos or a number.
func (ns *Names) AddrProtoNumber(word string) (uint8, bool) {
	n, ok := ns.addrProto().number(word, 8)
	return uint8(n), ok
}

func (ns *Names) addrProto() *nameTable {
	ns.addrProtos.load("rt_addrprotos", map[uint32]string{0: "unspec", 1: "kernel_lo", 2: "kernel_ra", 3: "kernel_ll"})
	return &ns.addrProtos
}
