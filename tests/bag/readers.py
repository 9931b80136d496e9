"""Other people's readers of a bag: BagIt of the Library of Congress, rdflib for JSON-LD, ro-crate-py,
the PREMIS 3.0 schema of the Library of Congress.

Run with a bag's folder; says what each read. Nothing is asked of a network: a reader that tried
would fail.
"""

import json
import os
import socket
import sys

import bagit
import lxml.etree as XML
import rdflib
from rdflib.namespace import RDF, SDO
from rocrate.rocrate import ROCrate


def refuse(*_, **__):
    raise OSError("a reader asked the network")


socket.socket.connect = refuse
socket.create_connection = refuse

folder = sys.argv[1]
payload = os.path.join(folder, "data")

bag = bagit.Bag(folder)
bag.validate()
print("bagit: valid, Bagging-Date", bag.info["Bagging-Date"])
print("bagit: Payload-Oxum", "holds" if bag.info["Payload-Oxum"] == "%d.%d" % (
    sum(os.path.getsize(os.path.join(folder, name)) for name in bag.payload_files()),
    len(list(bag.payload_files()))) else "does not hold")

graph = rdflib.Graph().parse(os.path.join(payload, "claims.jsonld"), format="json-ld", publicID="https://example.org/")
for kind in (SDO.Claim, SDO.Quotation, SDO.CorrectionComment, SDO.ClaimReview, SDO.DigitalDocument):
    print("rdflib: %d %s" % (len(set(graph.subjects(RDF.type, kind))), kind.rsplit("/", 1)[1]))
based = {quoted for quoted in graph.objects(None, SDO.isBasedOn)}
quotations = set(graph.subjects(RDF.type, SDO.Quotation))
print("rdflib: each claim rests on a quotation" if based <= quotations and based else "rdflib: loose")
documents = set(graph.subjects(RDF.type, SDO.DigitalDocument))
print("rdflib: each quotation is part of a document" if set(graph.objects(None, SDO.isPartOf)) <= documents else "rdflib: loose")

crate = ROCrate(payload)
root = crate.root_dataset
print("rocrate:", root["name"], root["license"], root["datePublished"])
for part in crate.data_entities:
    if not os.path.exists(os.path.join(payload, part.id)):
        print("rocrate: nothing at", part.id)
print("rocrate: %d parts" % len(list(crate.data_entities)))

NAMESPACE = "{http://www.loc.gov/premis/v3}"
# The schema of the Library of Congress, which scripts/python puts beside the interpreter.
schema = XML.XMLSchema(XML.parse(os.path.join(sys.prefix, "premis-v3-0.xsd")))
premis = XML.parse(os.path.join(payload, "premis.xml"))
schema.assertValid(premis)
# The schema lets much be left out: what the data dictionary has as mandatory is asked for by hand.
premis = premis.getroot()
MANDATORY = {
    "object": ["objectIdentifier"], "event": ["eventIdentifier", "eventType", "eventDateTime"],
    "agent": ["agentIdentifier"], "objectCharacteristics": ["compositionLevel", "format"],
    "fixity": ["messageDigestAlgorithm", "messageDigest"], "formatDesignation": ["formatName"],
}
for element in premis.iter():
    children = [child.tag.replace(NAMESPACE, "") for child in element]
    for name in MANDATORY.get(element.tag.replace(NAMESPACE, ""), []):
        assert children.count(name) == 1, (element.tag, children)
    assert children or element.text, element.tag
for thing in premis.findall(NAMESPACE + "object"):
    kind = thing.get("{http://www.w3.org/2001/XMLSchema-instance}type")
    assert (kind == "file") == (thing.find(NAMESPACE + "objectCharacteristics") is not None), kind
# It would find a fault: the same document with two elements in another order is refused.
first = premis.find(NAMESPACE + "event")
first.insert(0, first[-1])
assert not schema.validate(premis), "the schema takes everything"
first.append(first[0])
values = {e.text for e in premis.iter(NAMESPACE + "objectIdentifierValue")}
linked = {e.text for e in premis.iter(NAMESPACE + "linkingObjectIdentifierValue")}
agents = {e.text for e in premis.iter(NAMESPACE + "agentIdentifierValue")}
assert linked <= values and {e.text for e in premis.iter(NAMESPACE + "linkingAgentIdentifierValue")} <= agents
print("premis: valid, %d objects, %d events, %d agents" % tuple(
    len(premis.findall(NAMESPACE + name)) for name in ("object", "event", "agent")))
with open(os.path.join(payload, "state.json"), encoding="utf-8") as file:
    print("state: size", json.load(file)["size"])
