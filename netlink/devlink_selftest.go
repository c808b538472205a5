package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkSelftestFlash is the test of a device's flash memory.
const DevlinkSelftestFlash = uapi.DEVLINK_ATTR_SELFTEST_ID_FLASH

// DevlinkSelftestResult is how a test of a device ended.
type DevlinkSelftestResult struct {
	ID     uint32 // [DevlinkSelftestFlash]
	Status uint8  // DEVLINK_SELFTEST_STATUS_…: 0 skipped, 1 passed, 2 failed
}

// DevlinkSelftests returns the tests that a device can make of itself: devlink dev selftests show BUS/DEVICE (Linux
// 6.1).
func (h *Handle) DevlinkSelftests(bus, device string) (ids []uint16, err error) {
	err = devlinkCall(uapi.DEVLINK_CMD_SELFTESTS_GET, "devlink dev selftests get", bus, device, nil).get(h,
		func(d *wire.Decoder) {
			for d.Next() {
				if d.Type() != uapi.DEVLINK_ATTR_SELFTESTS {
					continue
				}
				all := d.Nested()
				for all.Next() {
					ids = append(ids, all.Type())
				}
				d.Fail(all.Err())
			}
		})
	return ids, err
}

// DevlinkSelftestsRun has a device make tests of itself, all that it can if none is named, and waits for them: devlink
// dev selftests run BUS/DEVICE [ id TEST ] (Linux 6.1). The device may be out of order meanwhile.
func (h *Handle) DevlinkSelftestsRun(bus, device string, ids ...uint16) (all []DevlinkSelftestResult, err error) {
	if len(ids) == 0 {
		if ids, err = h.DevlinkSelftests(bus, device); err != nil {
			return nil, err
		}
	}
	err = devlinkCall(uapi.DEVLINK_CMD_SELFTESTS_RUN, "devlink dev selftests run", bus, device, func(r *wire.Request) {
		r.Nest(uapi.DEVLINK_ATTR_SELFTESTS | uapi.NLA_F_NESTED)
		for _, id := range ids {
			r.Flag(id)
		}
		r.End()
	}).get(h, func(d *wire.Decoder) {
		eachIn(d, uapi.DEVLINK_ATTR_SELFTESTS, func(d *wire.Decoder) {
			var v DevlinkSelftestResult
			for d.Next() {
				switch d.Type() {
				case uapi.DEVLINK_ATTR_SELFTEST_RESULT_ID:
					v.ID = d.Uint32()
				case uapi.DEVLINK_ATTR_SELFTEST_RESULT_STATUS:
					v.Status = d.Uint8()
				}
			}
			all = append(all, v)
		})
	})
	return all, err
}
