package netlink

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// LinkDel removes a link, found by Index, else by Name: ip link del DEV.
func (h *Handle) LinkDel(link Link) error {
	return h.linkExec(linkRequest(uapi.RTM_DELLINK, 0, link), "link del", link, errInvalid,
		func() string { return linkObject(link) })
}

// errDefaultGroup is what the kernel answers with EPERM.
var errDefaultGroup = errors.New("all links are in group 0 at first: it cannot be deleted")

// LinkDelGroup removes all links of a group, see [Handle.LinkSetGroup], in one
// go: ip link del group GROUP. A request for each takes the kernel some 50 times
// as long. Where one of them is a device that cannot be removed, that is an
// error and all stay; a group without links is one too.
func (h *Handle) LinkDelGroup(group uint32) error {
	r := wire.NewRequest(uapi.RTM_DELLINK, 0)
	r.Header(uapi.SizeofIfinfomsg)
	r.Uint32(uapi.IFLA_GROUP, group)
	if group == 0 {
		r.Fail(errDefaultGroup)
	}
	return h.withDetails().exec(r, "link del", func() string { return "group " + strconv.FormatUint(uint64(group), 10) })
}

// linkDelWorkers is how many links are removed at once: the kernel waits outside
// its lock for what still uses a link, so the waits can overlap.
const linkDelWorkers = 16

// LinkDelAll removes links, several at a time. It returns nil where all are
// gone, else an error or nil for each. A link that is not there when its turn
// comes is none: one end of a veth pair goes with the other, and all ports of
// a device with it.
func (h *Handle) LinkDelAll(links []Link) []error {
	if h == nil {
		return slices.Repeat([]error{errNoHandle}, len(links))
	}
	if h.conns == nil && h.batch == nil {
		// The workers are other threads, which may be elsewhere.
		own, err := NewHandle(uapi.NETLINK_ROUTE)
		if err != nil {
			errs := make([]error, len(links))
			for i := range errs {
				errs[i] = err
			}
			return errs
		}
		defer own.Delete()
		return own.with(h.ctx).LinkDelAll(links)
	}
	h = h.withDetails()
	errs := make([]error, len(links))
	workers := min(linkDelWorkers, len(links))
	if h.batch != nil {
		workers = 1 // it queues
	}
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(links)); i = next.Add(1) - 1 {
				err := h.LinkDel(links[i])
				if err != nil && !errors.Is(err, os.ErrNotExist) {
					errs[i] = err
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	if !failed.Load() {
		return nil
	}
	return errs
}
