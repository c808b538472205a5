package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// SocketStorage is what BPF programs keep for a socket in a map of type BPF_MAP_TYPE_SK_STORAGE.
type SocketStorage struct {
	Map   uint32 // its number
	Value []byte // as the map's type says
}

// storage reads the nest INET_DIAG_SK_BPF_STORAGES.
func (s *SocketInfo) storage(d *wire.Decoder) {
	all := d.Nested()
	for all.Next() {
		if all.Type() != uapi.SK_DIAG_BPF_STORAGE {
			continue
		}
		var one SocketStorage
		part := all.Nested()
		for part.Next() {
			switch part.Type() {
			case uapi.SK_DIAG_BPF_STORAGE_MAP_ID:
				one.Map = part.Uint32()
			case uapi.SK_DIAG_BPF_STORAGE_MAP_VALUE:
				one.Value = append([]byte(nil), part.Data()...)
			}
		}
		d.Fail(part.Err())
		s.Storage = append(s.Storage, one)
	}
	d.Fail(all.Err())
}
