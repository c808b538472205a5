package ss

import (
	"errors"
	"fmt"
	"strings"

	"kern.sys/cmd/kern/internal/bpf"
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/unix"
)

// allMaps is --bpf-maps: what BPF programs keep for sockets in any map.
func (o *options) allMaps(string) error {
	if len(o.storage) != 0 {
		return errMapsMixed
	}
	o.storage = []int{}
	return nil
}

// addMap is --bpf-map-id: what they keep in one map.
func (o *options) addMap(word string) error {
	if o.storage != nil && len(o.storage) == 0 {
		return errMapsMixed
	}
	id, err := desc.ParseUint(word, 32)
	if err != nil || id == 0 {
		return says("ss: invalid BPF map ID %s", word)
	}
	fd, info, err := cli.OpenMap(uint32(id))
	why := ""
	switch {
	case errors.Is(err, unix.EPERM):
		why = ": missing root permissions, CAP_BPF, or CAP_SYS_ADMIN"
		fallthrough
	case err != nil:
		return says("ss: cannot get fd for BPF map ID %d%s", id, why)
	case info.Type != unix.BPF_MAP_TYPE_SK_STORAGE:
		unix.Close(fd)
		return says("ss: BPF map with ID %d has type ID %d, expecting %d ('sk_storage')", id, info.Type,
			unix.BPF_MAP_TYPE_SK_STORAGE)
	}
	o.storage = append(o.storage, fd)
	return nil
}

func (o *options) closeMaps() {
	for _, fd := range o.storage {
		unix.Close(fd)
	}
}

var errMapsMixed = says("ss: --bpf-maps and --bpf-map-id cannot be used together")

// showStorage shows the values of maps by their types in C, or in hexadecimal where those are not known.
func (s *shower) showStorage(b *strings.Builder, all []netlink.SocketStorage) {
	for _, one := range all {
		text, ok := "", false
		if v := s.valueOf(one.Map); v != nil {
			text, ok = v.Text(one.Value, 2, s.oneline)
		}
		if !ok {
			before := "\t\t"
			if s.oneline {
				before = " "
			}
			text = fmt.Sprintf("%s0x%x", before, one.Value)
		}
		if s.oneline {
			fmt.Fprintf(b, " map_id:%d%s", one.Map, text)
		} else {
			fmt.Fprintf(b, "\n\tmap_id:%d [\n%s\n\t]", one.Map, text)
		}
	}
}

// valueOf returns what shows values of a map, nil where their type is not known or may not be read.
func (s *shower) valueOf(id uint32) *bpf.Value {
	v, known := s.values[id]
	if known {
		return v
	}
	if s.values == nil {
		s.values = map[uint32]*bpf.Value{}
	}
	if fd, info, err := cli.OpenMap(id); err == nil {
		unix.Close(fd)
		if info.Btf_value_type_id != 0 {
			v, _ = bpf.NewValue(info.Btf_id, info.Btf_value_type_id) // without it the value is shown in hexadecimal
		}
	}
	s.values[id] = v
	return v
}
