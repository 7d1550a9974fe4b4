/** As much of TopoJSON as the outline of the land needs: quantized arcs, and polygons that name them. */
export interface Topology {
  arcs: number[][][]
  transform: { scale: number[]; translate: number[] }
  objects: { land: { geometries: { arcs: number[][][] }[] } }
}

/** The map is 360 wide and 150 high: a degree is a unit, from 84° north to 66° south. Shown is what lies north of 57° south: beyond nobody pays. */
export const map = { width: 360, height: 150, shown: 141, north: 84 }

export function project(longitude: number, latitude: number): [number, number] {
  return [longitude + 180, Math.min(map.height, Math.max(0, map.north - latitude))]
}

/** The land as one SVG path. An arc that is named by its complement is walked backwards. */
export function outline(topology: Topology): string {
  const { scale, translate } = topology.transform
  const arcs = topology.arcs.map((arc) => {
    let [x, y] = [0, 0]
    return arc.map(([dx, dy]) => {
      x += dx!
      y += dy!
      return project(x * scale[0]! + translate[0]!, y * scale[1]! + translate[1]!)
    })
  })
  const parts: string[] = []
  for (const geometry of topology.objects.land.geometries) {
    for (const polygon of geometry.arcs) {
      for (const ring of polygon as unknown as number[][]) {
        // Each arc begins where the one before ended.
        const points = ring.flatMap((index, at) => (index < 0 ? [...arcs[~index]!].reverse() : arcs[index]!).slice(at === 0 ? 0 : 1))
        const whole = unwrapped(points)
        for (const shift of [0, -map.width, map.width]) {
          if (whole.some(([x]) => x + shift > 0 && x + shift < map.width)) parts.push(drawn(whole, shift))
        }
      }
    }
  }
  return parts.join('')
}

const drawn = (points: [number, number][], shift: number) => 'M' + points.map(([x, y]) => `${(x + shift).toFixed(1)},${y.toFixed(1)}`).join('L') + 'Z'

/**
 * A ring that crosses the date line goes on beyond the edge instead of back across the whole map; it is drawn once on each side. Below
 * the map there is nothing to see: there the edge of the Antarctic goes straight back.
 */
function unwrapped(points: [number, number][]): [number, number][] {
  let [turns, before] = [0, points[0]!]
  return points.map((point) => {
    const step = point[0] - before[0]
    const hidden = point[1] >= map.height && before[1] >= map.height
    if (!hidden && Math.abs(step) > map.width / 2) turns -= Math.sign(step)
    before = point
    return [point[0] + turns * map.width, point[1]]
  })
}
