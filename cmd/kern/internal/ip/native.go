package ip

import "encoding/binary"

var native = binary.NativeEndian
