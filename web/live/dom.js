/**
 * Make an element with properties.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}
