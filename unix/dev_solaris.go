package unix

// Numbers of devices in 64 bits: 32 bits each, as the C library's makedev(3C) has them in programs of 64 bits.

// Major returns the major number of a device.
func Major(dev uint64) uint32 { return uint32(dev >> 32) }

// Minor returns the minor number of a device.
func Minor(dev uint64) uint32 { return uint32(dev) }

// Mkdev returns the number of the device with the given major and minor ones.
func Mkdev(major, minor uint32) uint64 { return uint64(major)<<32 | uint64(minor) }
