package unix

// cmsgWord is what control messages are aligned to: they are not.
const cmsgWord = 1
