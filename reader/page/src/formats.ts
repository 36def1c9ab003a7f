/** Names of the files that the page writes and takes: see docs/requests.md. */

export const REQUEST_TYPE = 'provenance.request.1'
export const RESPONSE_TYPE = 'provenance.response.1'
export const DIRECTORY_TYPE = /^provenance\.directory\.\d+$/
export const REQUEST_MEDIA_TYPE = 'application/vnd.provenance.request+json; version=1'
