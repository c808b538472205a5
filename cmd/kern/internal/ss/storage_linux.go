package ss

import (
	"errors"
	"fmt"
	"strings"

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
	fd, typ, err := cli.OpenMap(uint32(id))
	why := ""
	switch {
	case errors.Is(err, unix.EPERM):
		why = ": missing root permissions, CAP_BPF, or CAP_SYS_ADMIN"
		fallthrough
	case err != nil:
		return says("ss: cannot get fd for BPF map ID %d%s", id, why)
	case typ != unix.BPF_MAP_TYPE_SK_STORAGE:
		unix.Close(fd)
		return says("ss: BPF map with ID %d has type ID %d, expecting %d ('sk_storage')", id, typ,
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

// showStorage shows the values of maps in hexadecimal: iproute2's ss shows them by the types of C in them (BTF).
func (s *shower) showStorage(b *strings.Builder, all []netlink.SocketStorage) {
	for _, one := range all {
		if s.oneline {
			fmt.Fprintf(b, " map_id:%d 0x%x", one.Map, one.Value)
		} else {
			fmt.Fprintf(b, "\n\tmap_id:%d [\n\t\t0x%x\n\t]", one.Map, one.Value)
		}
	}
}
