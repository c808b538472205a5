package main

import (
	"github.com/mdlayher/genetlink"
	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
)

const mdlayherGenetlink = "mdlayher/genetlink" // github.com/mdlayher/genetlink, as go.mod has it

// familiesList lists few objects with much in each; their number is the kernel's.
var familiesList = workload{
	name: "genl/families", title: "list the families of generic netlink, with their operations and groups",
	each: "list", objects: 1000, atMost: true,
	contenders: []contender{
		{floor, func(w *world) (op, error) {
			s, err := openRawOf(w, unix.NETLINK_GENERIC, true)
			m := message(uapi.GENL_ID_CTRL, uapi.NLM_F_DUMP, uapi.SizeofGenlmsghdr,
				&uapi.Genlmsghdr{Cmd: uapi.CTRL_CMD_GETFAMILY, Version: 2})
			return repeat(w, func(int) error {
				n, err := s.dump(m)
				return some(n, err)
			}), err
		}},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return repeat(w, func(int) error {
				all, err := h.GenlFamilyList()
				return some(len(all), err)
			}), err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := peer.NewHandle(unix.NETLINK_GENERIC)
			if err != nil {
				return nil, err
			}
			w.onClose(h.Close)
			return repeat(w, func(int) error {
				all, err := h.GenlFamilyList()
				return some(len(all), err)
			}), nil
		}},
		{mdlayherGenetlink, func(w *world) (op, error) {
			c, err := genetlink.Dial(nil)
			if err != nil {
				return nil, err
			}
			w.onClose(func() { c.Close() })
			return repeat(w, func(int) error {
				all, err := c.ListFamilies()
				return some(len(all), err)
			}), nil
		}},
	},
}

// some is the error of a list, or of one that is empty.
func some(n int, err error) error {
	if err == nil && n == 0 {
		err = errWrong
	}
	return err
}
