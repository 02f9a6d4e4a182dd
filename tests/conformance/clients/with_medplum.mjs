// @medplum/core's MedplumClient against a node: `node with_medplum.mjs ADDRESS TOKEN FOLDER_OF_PACKAGES`.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';

const [address, token, packages] = process.argv.slice(2);
// The library asks for Node 22; on Node 20 it lacks only a name, which it wants while loading.
globalThis.WebSocket ??= class {};
const { MedplumClient, OperationOutcomeError } = createRequire(`${packages}/`)('@medplum/core');

const base = new URL(address);
const medplum = new MedplumClient({ baseUrl: `${base.origin}/`, fhirUrlPath: base.pathname.slice(1), fetch, cacheTime: 0 });
medplum.setAccessToken(token);
const system = `https://example.org/medplum/${randomUUID()}`;
const person = (number) => ({
  resourceType: 'Patient',
  name: [{ text: `Người thứ ${number}` }],
  identifier: [{ system, value: String(number) }],
});

async function refused(promise, status) {
  const error = await promise.then(() => assert.fail('should have been refused'), (caught) => caught);
  assert.ok(error instanceof OperationOutcomeError, String(error));
  assert.equal(error.outcome.resourceType, 'OperationOutcome');
  if (status) assert.equal(error.outcome.issue[0].code, status);
  return error.outcome;
}

// Create, read, update
const made = await medplum.createResource({ ...person(1), gender: 'female', birthDate: '1961-02-03' });
assert.equal(made.meta.versionId, '1');
assert.deepEqual(await medplum.readResource('Patient', made.id), made);
assert.deepEqual(await medplum.readReference({ reference: `Patient/${made.id}` }), made);
const updated = await medplum.updateResource({ ...made, gender: 'other' });
assert.equal(updated.meta.versionId, '2');
await refused(medplum.updateResource({ ...made, gender: 'male' }, { headers: { 'If-Match': 'W/"1"' } }), 'conflict');

// Patch, versions
const patched = await medplum.patchResource('Patient', made.id, [{ op: 'add', path: '/active', value: true }]);
assert.equal(patched.active, true);
assert.equal((await medplum.readVersion('Patient', made.id, '1')).gender, 'female');
const history = await medplum.readHistory('Patient', made.id);
assert.deepEqual(history.entry.map((entry) => entry.resource.meta.versionId), ['3', '2', '1']);

// Conditional
const once = await medplum.createResourceIfNoneExist(person(2), `identifier=${system}|2`);
assert.equal((await medplum.createResourceIfNoneExist(person(2), `identifier=${system}|2`)).id, once.id);
const upserted = await medplum.upsertResource({ ...person(2), gender: 'male' }, `identifier=${system}|2`);
assert.deepEqual([upserted.id, upserted.gender], [once.id, 'male']);

// Search, pages
for (const number of [3, 4, 5, 6, 7]) await medplum.createResource(person(number));
const found = await medplum.search('Patient', { identifier: `${system}|`, _total: 'accurate', _count: '2' });
assert.equal(found.total, 7);
assert.equal((await medplum.searchOne('Patient', `identifier=${system}|5`)).name[0].text, 'Người thứ 5');
assert.equal(await medplum.searchOne('Patient', `identifier=${system}|none`), undefined);
let paged = 0;
for await (const page of medplum.searchResourcePages('Patient', `identifier=${system}|&_count=3`)) paged += page.length;
assert.equal(paged, 7);

// Transaction, batch
const name = `urn:uuid:${randomUUID()}`;
const weight = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  subject: { reference: name },
};
const answer = await medplum.executeBatch({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    { resource: weight, request: { method: 'POST', url: 'Observation' } },
    { fullUrl: name, resource: person(8), request: { method: 'POST', url: 'Patient' } },
  ],
});
assert.deepEqual(answer.entry.map((entry) => entry.response.status.slice(0, 3)), ['201', '201']);
const [weighed] = await medplum.searchResources('Observation', `subject:Patient.identifier=${system}|8`);
assert.match(weighed.subject.reference, /^Patient\//);
const batch = await medplum.executeBatch({
  resourceType: 'Bundle',
  type: 'batch',
  entry: [
    { request: { method: 'GET', url: `Patient/${made.id}` } },
    { request: { method: 'GET', url: 'Patient/none' } },
  ],
});
assert.deepEqual(batch.entry.map((entry) => entry.response.status.slice(0, 3)), ['200', '404']);

// Operations, errors
assert.ok((await medplum.readPatientEverything(weighed.subject.reference.split('/')[1])).entry.length >= 2);
assert.equal((await medplum.validateResource({ ...person(9), birthDate: '1961-02-03' })).resourceType, 'OperationOutcome');
const outcome = await refused(medplum.createResource({ ...person(9), birthDate: '1961-02-30' }));
assert.deepEqual(outcome.issue[0].expression, ['Patient.birthDate']);
await refused(medplum.readResource('Patient', 'none'), 'not-found');

// Delete
await medplum.deleteResource('Patient', made.id);
await refused(medplum.readResource('Patient', made.id), 'deleted');
