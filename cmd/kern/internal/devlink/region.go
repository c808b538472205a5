package devlink

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func regionUsage() string {
	return `
region show [ DEV | DEV/REGION ]
region del DEV/REGION snapshot SNAPSHOT_ID
region new DEV/REGION [ snapshot SNAPSHOT_ID ]
region dump DEV/REGION snapshot SNAPSHOT_ID
region read DEV/REGION [ snapshot SNAPSHOT_ID ] address ADDRESS length LENGTH
`
}

var (
	listRegions = listing{section: "regions", cmd: uapi.DEVLINK_CMD_REGION_GET, one: ofRegion, all: ofDevice,
		show: showRegion}
	newSnapshot = request{cmd: uapi.DEVLINK_CMD_REGION_NEW, of: ofRegion, may: []*word{&snapshotWord}}
	delSnapshot = request{cmd: uapi.DEVLINK_CMD_REGION_DEL, of: ofRegion, need: []*word{&snapshotWord}}
	dumpRegion  = request{cmd: uapi.DEVLINK_CMD_REGION_READ, of: ofRegion, need: []*word{&snapshotWord}}
	readRegion  = request{cmd: uapi.DEVLINK_CMD_REGION_READ, of: ofRegion, need: []*word{&addressWord, &lengthWord},
		may: []*word{&snapshotWord}}
)

func runRegion(c *cli.Command) error {
	return choose(c, listRegions.run,
		cli.Verb{Name: "show", Run: listRegions.run},
		cli.Verb{Name: "del", Run: delSnapshot.run},
		cli.Verb{Name: "dump", Run: func(c *cli.Command) error { return showMemory(c, "dump", &dumpRegion) }},
		cli.Verb{Name: "read", Run: func(c *cli.Command) error { return showMemory(c, "read", &readRegion) }},
		cli.Verb{Name: "new", Run: addSnapshot},
	)
}

// addSnapshot takes a snapshot, and shows the number that the kernel chose, if it did.
func addSnapshot(c *cli.Command) error {
	a, err := newSnapshot.read(c)
	if err != nil {
		return err
	}
	return section(c, "regions", func(o *out) error {
		return ask(c, newSnapshot.cmd, order, a.put, func(m *message) { showRegion(o, m) })
	})
}

func showRegion(o *out, m *message) {
	o.handle(m.device()+"/"+m.text(uapi.DEVLINK_ATTR_REGION_NAME), true)
	if m.has(uapi.DEVLINK_ATTR_REGION_SIZE) {
		o.size("size", m.number(uapi.DEVLINK_ATTR_REGION_SIZE))
	}
	if m.has(uapi.DEVLINK_ATTR_REGION_SNAPSHOTS) {
		o.key("snapshot")
		o.Text("[")
		o.Array("snapshot")
		blank := ""
		m.in(uapi.DEVLINK_ATTR_REGION_SNAPSHOTS).each(0, func(s *message) {
			o.Text("%s", blank)
			o.Uint("", "%d", s.number(uapi.DEVLINK_ATTR_REGION_SNAPSHOT_ID))
			blank = " "
		})
		o.EndArray()
		o.Text("]")
	}
	if m.has(uapi.DEVLINK_ATTR_REGION_SNAPSHOT_ID) {
		o.key("snapshot")
		o.Array("snapshot")
		o.Uint("", "%d", m.number(uapi.DEVLINK_ATTR_REGION_SNAPSHOT_ID))
		o.EndArray()
	}
	if m.has(uapi.DEVLINK_ATTR_REGION_MAX_SNAPSHOTS) {
		o.size("max", m.number(uapi.DEVLINK_ATTR_REGION_MAX_SNAPSHOTS))
	}
	o.endHandle(m)
}

// showMemory shows the bytes of a snapshot, or of the region itself (Linux 6.3) where none is named.
func showMemory(c *cli.Command, name string, q *request) error {
	a, err := q.read(c)
	if err != nil {
		return err
	}
	put := func(r *wire.Request) {
		a.put(r)
		if !a.given[snapshotWord.typ] {
			r.Flag(uapi.DEVLINK_ATTR_REGION_DIRECT)
		}
	}
	return section(c, name, func(o *out) error {
		var at int // how many bytes stand before
		err := ask(c, q.cmd, dump, put, func(m *message) {
			m.in(uapi.DEVLINK_ATTR_REGION_CHUNKS).each(0, func(chunk *message) {
				address := chunk.number(uapi.DEVLINK_ATTR_REGION_CHUNK_ADDR)
				data := chunk.attrs[uapi.DEVLINK_ATTR_REGION_CHUNK_DATA]
				o.Uint("address", "", address)
				o.Array("data")
				o.bytes(data, address, &at)
				o.EndArray()
			})
		})
		o.put("\n")
		return err
	})
}

// bytes prints sixteen bytes a line, behind their address.
func (o *out) bytes(data []byte, address uint64, at *int) {
	const perLine = 16
	for i, b := range data {
		if *at%perLine == 0 {
			if *at != 0 {
				o.put("\n")
			}
			o.put("%016x ", address+uint64(i))
		}
		*at++
		o.Uint("", "%02x ", uint64(b))
	}
}
