"""Other people's readers of a bag: BagIt of the Library of Congress, rdflib for JSON-LD, ro-crate-py.

Run with a bag's folder; says what each read. Nothing is asked of a network: a reader that tried
would fail.
"""

import json
import os
import socket
import sys
import xml.etree.ElementTree as XML

import bagit
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
ORDER = {  # premis-v3-0.xsd: the children that we use, in the order of their sequence
    "premis": ["object", "event", "agent"],
    "object": ["objectIdentifier", "objectCharacteristics"],
    "objectCharacteristics": ["compositionLevel", "fixity", "size", "format"],
    "fixity": ["messageDigestAlgorithm", "messageDigest"],
    "format": ["formatDesignation"],
    "formatDesignation": ["formatName"],
    "event": ["eventIdentifier", "eventType", "eventDateTime", "eventDetailInformation",
              "eventOutcomeInformation", "linkingAgentIdentifier", "linkingObjectIdentifier"],
    "eventDetailInformation": ["eventDetail"],
    "eventOutcomeInformation": ["eventOutcome"],
    "agent": ["agentIdentifier", "agentName", "agentType"],
}


def check(element):
    name = element.tag.replace(NAMESPACE, "")
    children = [child.tag.replace(NAMESPACE, "") for child in element]
    order = ORDER.get(name, [name + "Type", name + "Value"] if name.endswith("Identifier") else [])
    ranks = [order.index(child) for child in children]
    assert ranks == sorted(ranks), (name, children)
    assert children or element.text, name
    for child in element:
        check(child)


premis = XML.parse(os.path.join(payload, "premis.xml")).getroot()
check(premis)
assert premis.get("version") == "3.0"
values = {e.text for e in premis.iter(NAMESPACE + "objectIdentifierValue")}
linked = {e.text for e in premis.iter(NAMESPACE + "linkingObjectIdentifierValue")}
agents = {e.text for e in premis.iter(NAMESPACE + "agentIdentifierValue")}
assert linked <= values and {e.text for e in premis.iter(NAMESPACE + "linkingAgentIdentifierValue")} <= agents
print("premis: %d objects, %d events, %d agents" % tuple(
    len(premis.findall(NAMESPACE + name)) for name in ("object", "event", "agent")))
with open(os.path.join(payload, "state.json"), encoding="utf-8") as file:
    print("state: size", json.load(file)["size"])
