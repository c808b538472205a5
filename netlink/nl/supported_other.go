//go:build !linux

package nl

// SupportedNlFamilies has the protocols that this system has: none.
var SupportedNlFamilies = []int{}
