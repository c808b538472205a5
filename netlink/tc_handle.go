package netlink

import (
	"fmt"

	"kern.sys/internal/uapi"
)

// Handles that have a meaning of their own, as handle or parent of a queueing discipline, class
// or filter. Others are made by [MakeHandle].
const (
	HANDLE_NONE    = uapi.TC_H_UNSPEC
	HANDLE_INGRESS = uapi.TC_H_INGRESS // the parent of ingress
	HANDLE_CLSACT  = uapi.TC_H_CLSACT  // the parent of clsact
	HANDLE_ROOT    = uapi.TC_H_ROOT    // the parent of a link's own discipline

	// HANDLE_MIN_INGRESS is the parent of filters for what a link with clsact receives.
	HANDLE_MIN_INGRESS = uapi.TC_H_CLSACT&uapi.TC_H_MAJ_MASK | uapi.TC_H_MIN_INGRESS
	// HANDLE_MIN_EGRESS is the parent of filters for what a link with clsact sends.
	HANDLE_MIN_EGRESS = uapi.TC_H_CLSACT&uapi.TC_H_MAJ_MASK | uapi.TC_H_MIN_EGRESS
)

// MakeHandle returns the handle that tc writes MAJOR:MINOR, both in hexadecimal digits. Queueing
// disciplines have minor 0, classes the major number of their discipline.
func MakeHandle(major, minor uint16) uint32 { return uint32(major)<<16 | uint32(minor) }

// MajorMinor returns the two numbers of a handle.
func MajorMinor(handle uint32) (major, minor uint16) { return uint16(handle >> 16), uint16(handle) }

// HandleStr returns a handle in words: "none", "ingress" (of clsact too), "root", or the two
// numbers in hexadecimal digits, "1:10".
func HandleStr(handle uint32) string {
	switch handle {
	case HANDLE_NONE:
		return "none"
	case HANDLE_INGRESS:
		return "ingress"
	case HANDLE_ROOT:
		return "root"
	}
	major, minor := MajorMinor(handle)
	return fmt.Sprintf("%x:%x", major, minor)
}
