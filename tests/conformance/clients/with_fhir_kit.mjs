// fhir-kit-client against a node: `node with_fhir_kit.mjs ADDRESS TOKEN FOLDER_OF_PACKAGES`.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const [address, token, packages] = process.argv.slice(2);
const { Client } = await import(pathToFileURL(`${packages}/node_modules/fhir-kit-client/dist/index.js`).href);

const client = new Client({ baseUrl: address, bearerToken: token });
const system = `https://example.org/fhir-kit/${randomUUID()}`;
const person = (number) => ({
  resourceType: 'Patient',
  name: [{ text: `Người thứ ${number}` }],
  identifier: [{ system, value: String(number) }],
});

async function refused(promise, status) {
  const error = await promise.then(() => assert.fail('should have been refused'), (caught) => caught);
  assert.equal(error.response?.status, status, String(error));
  assert.equal(error.response.data.resourceType, 'OperationOutcome');
  return error.response.data;
}

// Capabilities
const statement = await client.capabilityStatement();
assert.equal(statement.fhirVersion, '4.0.1');

// Create, read, vread, update with a version
const made = await client.create({ resourceType: 'Patient', body: { ...person(1), gender: 'female' } });
assert.deepEqual(await client.read({ resourceType: 'Patient', id: made.id }), made);
const minimal = await client.create({
  resourceType: 'Patient', body: person(2), options: { headers: { Prefer: 'return=minimal' } },
});
assert.equal(minimal.resourceType, undefined);
const ifMatch = (version) => ({ headers: { 'If-Match': `W/"${version}"` } });
const updated = await client.update({
  resourceType: 'Patient', id: made.id, body: { ...made, gender: 'other' }, options: ifMatch(1),
});
assert.equal(updated.meta.versionId, '2');
await refused(client.update({ resourceType: 'Patient', id: made.id, body: made, options: ifMatch(1) }), 412);
assert.equal((await client.vread({ resourceType: 'Patient', id: made.id, version: '1' })).gender, 'female');

// Conditional update
const upserted = await client.update({
  resourceType: 'Patient', searchParams: { identifier: `${system}|1` }, body: { ...person(1), gender: 'male' },
});
assert.deepEqual([upserted.id, upserted.meta.versionId], [made.id, '3']);

// Patch
const patched = await client.patch({
  resourceType: 'Patient', id: made.id, jsonPatch: [{ op: 'add', path: '/active', value: true }],
});
assert.equal(patched.active, true);

// Search with pages, by address and by form, in a compartment, across types
for (const number of [3, 4, 5, 6, 7]) await client.create({ resourceType: 'Patient', body: person(number) });
let page = await client.search({ resourceType: 'Patient', searchParams: { identifier: `${system}|`, _count: 3 } });
const sizes = [];
for (; page; page = await client.nextPage({ bundle: page })) sizes.push(page.entry.length);
assert.deepEqual(sizes, [3, 3, 1]);
const posted = await client.search({
  resourceType: 'Patient', searchParams: { identifier: `${system}|5` }, options: { postSearch: true },
});
assert.equal(posted.entry[0].resource.name[0].text, 'Người thứ 5');
const across = await client.systemSearch({ searchParams: { _type: 'Patient,Practitioner', _count: 1 } });
assert.equal(across.type, 'searchset');

// Transaction, batch
const name = `urn:uuid:${randomUUID()}`;
const weight = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  subject: { reference: name },
};
const answer = await client.transaction({
  body: {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { resource: weight, request: { method: 'POST', url: 'Observation' } },
      { fullUrl: name, resource: person(8), request: { method: 'POST', url: 'Patient' } },
    ],
  },
});
const id = answer.entry[1].response.location.split('/')[1];
const inside = await client.compartmentSearch({
  resourceType: 'Observation', compartment: { resourceType: 'Patient', id },
});
assert.equal(inside.entry[0].resource.subject.reference, `Patient/${id}`);
assert.equal((await client.resolve({ reference: `Patient/${id}` })).id, id);
const batch = await client.batch({
  body: {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [
      { request: { method: 'GET', url: `Patient/${id}` } },
      { request: { method: 'GET', url: 'Patient?unknown=1' } },
    ],
  },
});
assert.deepEqual(batch.entry.map((entry) => entry.response.status.slice(0, 3)), ['200', '400']);

// History of one, of a type, of everything; operations
assert.equal((await client.history({ resourceType: 'Patient', id: made.id })).total, 4);
assert.equal((await client.history({ resourceType: 'Patient' })).type, 'history');
assert.equal((await client.history()).type, 'history');
const everything = await client.operation({ name: 'everything', resourceType: 'Patient', id, method: 'GET' });
assert.equal(everything.entry.length, 2);
const validated = await client.operation({ name: 'validate', resourceType: 'Patient', input: person(9) });
assert.equal(validated.resourceType, 'OperationOutcome');

// Errors, delete
const outcome = await refused(client.create({ resourceType: 'Patient', body: { ...person(9), birthDate: '1961-02-30' } }), 422);
assert.deepEqual(outcome.issue[0].expression, ['Patient.birthDate']);
await refused(client.read({ resourceType: 'Patient', id: 'none' }), 404);
await client.delete({ resourceType: 'Patient', id: made.id });
await refused(client.read({ resourceType: 'Patient', id: made.id }), 410);
