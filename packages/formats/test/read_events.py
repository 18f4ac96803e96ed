"""Prints the events of a TensorBoard event file as JSON, one per line, with Google's protobuf library.

    python3 read_events.py FILE

The descriptors are those of https://github.com/tensorflow/tensorboard: compat/proto/event.proto, summary.proto and
plugins/hparams/plugin_data.proto. The CRC is computed bit by bit from its polynomial (Castagnoli et al. 1993).
"""
import json, struct, sys
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, struct_pb2

F = descriptor_pb2.FieldDescriptorProto
TYPES = dict(double=F.TYPE_DOUBLE, float=F.TYPE_FLOAT, int64=F.TYPE_INT64, int32=F.TYPE_INT32, string=F.TYPE_STRING, bytes=F.TYPE_BYTES)
SCHEMA = {
    "Event": ["1 double wall_time", "2 int64 step", "3 string file_version", "5 Summary summary"],
    "Summary": ["1 Value* value"],
    "Value": ["1 string tag", "2 float simple_value", "9 SummaryMetadata metadata"],
    "SummaryMetadata": ["1 PluginData plugin_data"],
    "PluginData": ["1 string plugin_name", "2 bytes content"],
    "HParamsPluginData": ["1 int32 version", "3 SessionStartInfo session_start_info", "4 SessionEndInfo session_end_info"],
    "SessionStartInfo": ["1 Entry* hparams", "4 string group_name", "5 double start_time_secs"],
    "Entry": ["1 string key", "2 google.protobuf.Value value"],
    "SessionEndInfo": ["1 int32 status", "2 double end_time_secs"],
}

file = descriptor_pb2.FileDescriptorProto(name="events.proto", package="t", syntax="proto3", dependency=["google/protobuf/struct.proto"])
for name, fields in SCHEMA.items():
    message = file.message_type.add(name=name)
    for number, kind, field in map(str.split, fields):
        label = F.LABEL_REPEATED if kind.endswith("*") else F.LABEL_OPTIONAL
        kind = kind.rstrip("*")
        added = message.field.add(name=field, number=int(number), label=label, type=TYPES.get(kind, F.TYPE_MESSAGE))
        if kind not in TYPES:
            added.type_name = "." + kind if "." in kind else ".t." + kind
pool = descriptor_pool.DescriptorPool()
pool.AddSerializedFile(struct_pb2.DESCRIPTOR.serialized_pb)
pool.AddSerializedFile(file.SerializeToString())

def parse(name, data):
    descriptor = pool.FindMessageTypeByName("t." + name)
    get = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
    message = get(descriptor)()
    message.ParseFromString(data)
    # A field that the schema does not have would be kept as unknown, and be written again.
    known = get(descriptor)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    assert known.ByteSize() == message.ByteSize(), "unknown fields"
    return message

def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF

def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF

assert crc32c(b"123456789") == 0xE3069283  # the check value of RFC 3720 and of the catalogue of CRCs
data = open(sys.argv[1], "rb").read()
at = 0
while at < len(data):
    (length,) = struct.unpack_from("<Q", data, at)
    assert struct.unpack_from("<I", data, at + 8)[0] == masked(data[at : at + 8]), "CRC of a length"
    content = data[at + 12 : at + 12 + length]
    assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked(content), "CRC of an event"
    at += length + 16
    event = parse("Event", content)
    printed = dict(wallTime=event.wall_time, step=event.step)
    if event.file_version:
        printed["version"] = event.file_version
    for value in event.summary.value:
        plugin = value.metadata.plugin_data
        if plugin.plugin_name:
            info = parse("HParamsPluginData", plugin.content)
            printed[value.tag] = [plugin.plugin_name, json_format.MessageToDict(info)]
        else:
            printed[value.tag] = value.simple_value
    print(json.dumps(printed))
