package mqtt

import "encoding/binary"

func appendConnack(b []byte, code Code) []byte {
	return append(b, typeConnack<<4, 2, 0, byte(code))
}

func appendPuback(b []byte, id uint16) []byte {
	return binary.BigEndian.AppendUint16(append(b, typePuback<<4, 2), id)
}

func appendUnsuback(b []byte, id uint16) []byte {
	return binary.BigEndian.AppendUint16(append(b, typeUnsuback<<4, 2), id)
}

func appendPingresp(b []byte) []byte {
	return append(b, typePingresp<<4, 0)
}

func appendSuback(b []byte, id uint16, granted []byte) []byte {
	b = appendLength(append(b, typeSuback<<4), 2+len(granted))
	b = binary.BigEndian.AppendUint16(b, id)
	return append(b, granted...)
}

// appendPublish encodes a message at QoS 0.
func appendPublish(b []byte, topic string, payload []byte) []byte {
	b = appendLength(append(b, typePublish<<4), 2+len(topic)+len(payload))
	b = binary.BigEndian.AppendUint16(b, uint16(len(topic)))
	b = append(b, topic...)
	return append(b, payload...)
}

func appendLength(b []byte, n int) []byte {
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n))
}
