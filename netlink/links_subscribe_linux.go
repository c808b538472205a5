package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// LinkUpdate is a link that was made or changed (Header.Type is RTM_NEWLINK) or
// that is gone (RTM_DELLINK). IfInfomsg.Change has the flags (IFF_…) that are
// other than before. A bridge's news about its ports come with
// IfInfomsg.Family AF_BRIDGE, also when a port is taken away.
type LinkUpdate struct {
	nl.IfInfomsg
	Header unix.NlMsghdr
	Link
}

// LinkSubscribeOptions are the options of [LinkSubscribeWithOptions].
type LinkSubscribeOptions struct {
	Namespace *netns.NsHandle // nil: the handle's, or the calling thread's
	// ErrorCallback gets what goes wrong after the subscription began, from the
	// goroutine that sends the updates. After wire.ErrOverrun, which says that
	// updates were lost, all existing links follow as updates.
	ErrorCallback func(error)
	// ListExisting begins with all existing links.
	ListExisting           bool
	ReceiveBufferSize      int           // SO_RCVBUF in bytes; 0: room for bursts
	ReceiveBufferForceSize bool          // exceed net.core.rmem_max
	ReceiveTimeout         *unix.Timeval // end when nothing came for so long
}

func (o LinkSubscribeOptions) common() subscribeOptions {
	return subscribeOptions{
		namespace:      o.Namespace,
		onError:        o.ErrorCallback,
		listExisting:   o.ListExisting,
		receiveBuffer:  o.ReceiveBufferSize,
		forceBuffer:    o.ReceiveBufferForceSize,
		receiveTimeout: o.ReceiveTimeout,
	}
}

var linkEvents = events[LinkUpdate]{
	op:     "link subscribe",
	groups: []uint32{uapi.RTNLGRP_LINK},
	dump:   func(h *Handle) []*wire.Request { return []*wire.Request{h.linkDump(LinkFilter{})} },
	decode: decodeLinkUpdate,
}

func decodeLinkUpdate(m wire.Message) (u LinkUpdate, want bool, err error) {
	if m.Type != uapi.RTM_NEWLINK && m.Type != uapi.RTM_DELLINK {
		return u, false, nil
	}
	u.Link, err = decodeLink(m.Data)
	u.IfInfomsg = *nl.DeserializeIfInfomsg(m.Data)
	u.Header = unix.NlMsghdr{
		Len: uint32(uapi.SizeofNlmsghdr + len(m.Data)), Type: m.Type, Flags: m.Flags, Seq: m.Seq, Pid: m.PID,
	}
	return u, true, err
}

// LinkSubscribe sends links that are made, changed and removed to ch until done
// or the handle is closed, and then closes ch: ip monitor link.
func (h *Handle) LinkSubscribe(ch chan<- LinkUpdate, done <-chan struct{}) error {
	return h.LinkSubscribeWithOptions(ch, done, LinkSubscribeOptions{})
}

// LinkSubscribeAt is [Handle.LinkSubscribe] in the namespace ns.
func (h *Handle) LinkSubscribeAt(ns netns.NsHandle, ch chan<- LinkUpdate, done <-chan struct{}) error {
	return h.LinkSubscribeWithOptions(ch, done, LinkSubscribeOptions{Namespace: &ns})
}

// LinkSubscribeWithOptions is [Handle.LinkSubscribe] with options. The
// subscription also ends with the handle's context, and when its socket fails.
// Nobody has to read ch after done is closed.
func (h *Handle) LinkSubscribeWithOptions(ch chan<- LinkUpdate, done <-chan struct{},
	options LinkSubscribeOptions) error {
	return linkEvents.send(h, ch, done, options.common())
}

// LinkSubscribeSeq is [Handle.LinkSubscribeWithOptions] as an iterator, which
// subscribes when the iteration begins. What the options' ErrorCallback would
// get comes as pairs; after the last of them the iteration ends.
func (h *Handle) LinkSubscribeSeq(options LinkSubscribeOptions) iter.Seq2[LinkUpdate, error] {
	return linkEvents.seq(h, options.common())
}

// LinkDeserialize reads a link from m, the part of a message of RTM_NEWLINK or
// RTM_DELLINK that follows its header. hdr may be nil.
func LinkDeserialize(hdr *unix.NlMsghdr, m []byte) (Link, error) { return decodeLink(m) }
