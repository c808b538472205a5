// Package native reads and writes numbers in the machine's byte order. It is binary.NativeEndian by functions: a
// variable that holds that under a shorter name would need initialisation in each package.
package native

import "encoding/binary"

// Uint16 reads a number of two bytes.
func Uint16(b []byte) uint16 { return binary.NativeEndian.Uint16(b) }

// Uint32 reads a number of four bytes.
func Uint32(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }

// Uint64 reads a number of eight bytes.
func Uint64(b []byte) uint64 { return binary.NativeEndian.Uint64(b) }

// PutUint16 writes a number of two bytes.
func PutUint16(b []byte, v uint16) { binary.NativeEndian.PutUint16(b, v) }

// PutUint32 writes a number of four bytes.
func PutUint32(b []byte, v uint32) { binary.NativeEndian.PutUint32(b, v) }

// PutUint64 writes a number of eight bytes.
func PutUint64(b []byte, v uint64) { binary.NativeEndian.PutUint64(b, v) }

// AppendUint32 appends a number of four bytes.
func AppendUint32(b []byte, v uint32) []byte { return binary.NativeEndian.AppendUint32(b, v) }
