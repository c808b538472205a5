package bpf

import (
	"fmt"
	"os"
	"strings"

	"github.com/cilium/ebpf"

	"kern.sys/netlink/desc"
)

// Graft puts a program of a type into a pinned map of programs. The program that has the key there goes.
func Graft(name string, typ, key uint32, prog int) error {
	path, err := pinPath(name, typ)
	if err != nil {
		return err
	}
	m, err := ebpf.LoadPinnedMap(path, nil)
	if err != nil {
		return desc.Failed("Couldn't retrieve pinned map '%s': %s", name, cause(err))
	}
	defer m.Close()
	differs := ""
	for _, c := range []struct {
		what         string
		wanted, have uint32
	}{{"Type:      ", uint32(ebpf.ProgramArray), uint32(m.Type())}, {"Size key:  ", 4, m.KeySize()},
		{"Size value:", 4, m.ValueSize()}} {
		if c.wanted != c.have {
			differs += fmt.Sprintf(" - %s   %d (obj) != %d (pin)\n", c.what, c.wanted, c.have)
		}
	}
	if differs != "" {
		return desc.Failed("Map specification differs from pinned file!\n%s\nMap '%s' self-check failed!", differs, name)
	}
	if err := m.Put(key, uint32(prog)); err != nil {
		why := ""
		if owner := ownerType(m); owner != 0 && owner != typ {
			why = fmt.Sprintf("Program array map owner types differ: %d (obj) != %d (pin)\n", typ, owner)
		}
		return desc.Failed("%sMap update failed: %s", why, cause(err))
	}
	return nil
}

// ownerType is the type of all programs in a map of programs, 0 where none is known.
func ownerType(m *ebpf.Map) (typ uint32) {
	info, _ := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", m.FD())) // without it none is known
	for line := range strings.Lines(string(info)) {
		if n, _ := fmt.Sscanf(line, "owner_prog_type:\t%d", &typ); n == 1 {
			break
		}
	}
	return typ
}
