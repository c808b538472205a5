package netlink

import (
	"iter"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkRegion is a part of a device's memory: devlink region (Linux 4.19).
type DevlinkRegion struct {
	DevlinkRef
	Name         string
	Size         uint64
	Snapshots    []uint32 // their numbers
	MaxSnapshots uint32   // Linux 6.2; 0: not reported

	snapshot *uint32 // that an order is about
}

func (r *DevlinkRegion) attrs(c *attr.Codec) {
	r.DevlinkRef.attrs(c)
	attr.String(c, uapi.DEVLINK_ATTR_REGION_NAME, &r.Name)
	attr.OptU32(c, uapi.DEVLINK_ATTR_REGION_SNAPSHOT_ID, &r.snapshot)
	attr.U64(c, uapi.DEVLINK_ATTR_REGION_SIZE|attr.ReadOnly, &r.Size)
	attr.U32(c, uapi.DEVLINK_ATTR_REGION_MAX_SNAPSHOTS|attr.ReadOnly, &r.MaxSnapshots)
	attr.Repeat(c, uapi.DEVLINK_ATTR_REGION_SNAPSHOTS|attr.ReadOnly, uapi.DEVLINK_ATTR_REGION_SNAPSHOT, &r.Snapshots,
		func(c *attr.Codec, t attr.Type, v *uint32) {
			attr.Nest(c, t, func(c *attr.Codec) { attr.U32(c, uapi.DEVLINK_ATTR_REGION_SNAPSHOT_ID, v) })
		})
}

// DevlinkRegionSeq gives the regions of a device and its ports as they come: devlink region show. The last pair holds
// the error, if there is one.
func (h *Handle) DevlinkRegionSeq(of DevlinkRef) iter.Seq2[DevlinkRegion, error] {
	return devlinkSeq[DevlinkRegion](h, uapi.DEVLINK_CMD_REGION_GET, "devlink region list", of)
}

// DevlinkRegionGet returns a region: devlink region show DEV/REGION.
func (h *Handle) DevlinkRegionGet(of DevlinkRef, name string) (*DevlinkRegion, error) {
	return devlinkGet(h, uapi.DEVLINK_CMD_REGION_GET, "devlink region get", &DevlinkRegion{DevlinkRef: of, Name: name})
}

// DevlinkSnapshotNew takes a snapshot of a region under a number, and returns that; nil has the kernel choose one
// (Linux 5.10): devlink region new.
func (h *Handle) DevlinkSnapshotNew(of DevlinkRef, region string, id *uint32) (uint32, error) {
	v := &DevlinkRegion{DevlinkRef: of, Name: region, snapshot: id}
	if id != nil {
		return *id, devlinkDo(h, uapi.DEVLINK_CMD_REGION_NEW, "devlink region new", v)
	}
	got, err := devlinkGet(h, uapi.DEVLINK_CMD_REGION_NEW, "devlink region new", v)
	if err != nil || got.snapshot == nil {
		return 0, err
	}
	return *got.snapshot, nil
}

// DevlinkSnapshotDel deletes a snapshot of a region: devlink region del.
func (h *Handle) DevlinkSnapshotDel(of DevlinkRef, region string, id uint32) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_REGION_DEL, "devlink region delete",
		&DevlinkRegion{DevlinkRef: of, Name: region, snapshot: &id})
}

// DevlinkChunk is a piece of a region.
type DevlinkChunk struct {
	Address uint64
	Data    []byte
}

// DevlinkRegionRead says what is read of a region.
type DevlinkRegionRead struct {
	Snapshot *uint32 // nil: the region itself, of drivers that can (Linux 6.3)
	Address  uint64
	Length   uint64 // 0: to its end
}

// DevlinkRegionChunks gives the contents of a region piece by piece, so that they need not be in memory at once:
// devlink region read. The last pair holds the error, if there is one.
func (h *Handle) DevlinkRegionChunks(of DevlinkRef, region string, q DevlinkRegionRead) iter.Seq2[DevlinkChunk,
	error] {
	v := &DevlinkRegion{DevlinkRef: of, Name: region, snapshot: q.Snapshot}
	c := devlinkAbout[DevlinkRegion](uapi.DEVLINK_CMD_REGION_READ, "devlink region read", v)
	names := c.attrs
	c.attrs = func(r *wire.Request) {
		names(r)
		if q.Snapshot == nil {
			r.Flag(uapi.DEVLINK_ATTR_REGION_DIRECT)
		}
		if q.Address != 0 || q.Length != 0 {
			r.Uint64(uapi.DEVLINK_ATTR_REGION_CHUNK_ADDR, q.Address)
			r.Uint64(uapi.DEVLINK_ATTR_REGION_CHUNK_LEN, q.Length)
		}
	}
	return func(yield func(DevlinkChunk, error) bool) {
		for chunks, err := range genlSeq(h, c, decodeDevlinkChunks) {
			if err != nil {
				yield(DevlinkChunk{}, h.wrap(err, c.op, c.object))
				return
			}
			for _, chunk := range chunks {
				if !yield(chunk, nil) {
					return
				}
			}
		}
	}
}

func decodeDevlinkChunks(d *wire.Decoder, chunks *[]DevlinkChunk) bool {
	for d.Next() {
		if d.Type() != uapi.DEVLINK_ATTR_REGION_CHUNKS {
			continue
		}
		d.Fail(eachNested(d.Nested(), func(d *wire.Decoder) {
			var chunk DevlinkChunk
			for d.Next() {
				switch d.Type() {
				case uapi.DEVLINK_ATTR_REGION_CHUNK_DATA:
					chunk.Data = d.Bytes()
				case uapi.DEVLINK_ATTR_REGION_CHUNK_ADDR:
					chunk.Address = d.Uint64()
				}
			}
			*chunks = append(*chunks, chunk)
		}))
	}
	return true
}
