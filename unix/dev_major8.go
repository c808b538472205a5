//go:build dragonfly || freebsd

package unix

// Numbers of devices: 8 bits of the major number lie amid those of the minor one.

// Major returns the major number of a device.
func Major(dev uint64) uint32 { return uint32(dev>>8) & 0xff }

// Minor returns the minor number of a device.
func Minor(dev uint64) uint32 { return uint32(dev) & 0xffff00ff }

// Mkdev returns the number of the device with the given major and minor ones.
func Mkdev(major, minor uint32) uint64 { return uint64(major)<<8 | uint64(minor) }
